-- What each comment on its way in must not pay for.

-- No query looks for the events of one comment.
drop index events_comment;
-- A source is as old as its comment, whose id begins with that time: the primary key finds what must be forgotten.
drop index comment_sources_created;
-- Each new author locked the row of their site, one and the same for all of its readers. Sites are never deleted, and
-- comments, events and decisions hold to theirs without such a lock.
alter table authors drop constraint authors_site_id_fkey;
