-- What moderators look for and what they do.

-- The token behind a moderator's name: names may repeat, and a repeated request must be told from a second person's.
alter table decisions add column actor_id uuid;

-- The review queue of one thread. Comments that are published at once never enter it.
create index comments_thread_review on comments (thread_id, status, id)
  where status in ('held', 'rejected', 'spam', 'removed');

-- Who trusted or banned an author, when and why.
create table author_changes (
  -- UUIDv7: the order of the log
  id uuid primary key,
  site_id integer not null references sites on delete cascade,
  author_id bigint not null references authors on delete cascade,
  from_status text not null,
  to_status text not null,
  -- token name, and its id
  actor text not null,
  actor_id uuid,
  note text,
  created_at timestamptz not null
);
create index author_changes_author on author_changes (author_id, id);
