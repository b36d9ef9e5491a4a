import type { AuthorStatus, CommentStatus } from "../../../comments/status.ts";
import { type Database, statement, type Tx } from "../../../db/database.ts";

export type AuthorRow = {
  author_id: string;
  site_id: number;
  site_key: string;
  author_name: string;
  author_status: AuthorStatus;
  author_published_count: number;
  author_held_count: number;
  author_rejected_count: number;
  author_spam_count: number;
  author_created_at: Date;
  author_email_sealed: Buffer;
};

const FIND = statement<AuthorRow>(
  "review.author",
  `select a.id as author_id, a.site_id, s.key as site_key, a.name as author_name, a.status as author_status,
     a.published_count as author_published_count, a.held_count as author_held_count,
     a.rejected_count as author_rejected_count, a.spam_count as author_spam_count, a.created_at as author_created_at,
     a.email_sealed as author_email_sealed
   from authors a join sites s on s.id = a.site_id where a.id = $2 and ($1::int is null or a.site_id = $1)`,
);

export async function findAuthorRow(
  db: Database,
  siteId: number | null,
  id: string,
): Promise<AuthorRow | undefined> {
  return (await db.run(FIND, [siteId, id]))[0];
}

export type AuthorCommentRow = {
  id: string;
  status: CommentStatus;
  reason: string | null;
  body: string;
  thread_key: string;
  thread_url: string;
  thread_title: string | null;
  created_at: Date;
};

const FIND_COMMENTS = statement<AuthorCommentRow>(
  "review.author-comments",
  `select c.id, c.status, c.reason, c.body, t.key as thread_key, t.url as thread_url, t.title as thread_title, c.created_at
   from comments c join threads t on t.id = c.thread_id where c.author_id = $1 order by c.id desc limit $2`,
);

/** The latest comments of an author, whatever became of them. */
export async function findAuthorComments(
  db: Database,
  authorId: string,
  limit: number,
): Promise<AuthorCommentRow[]> {
  return db.run(FIND_COMMENTS, [authorId, limit]);
}

export type AuthorChangeRow = {
  id: string;
  from_status: AuthorStatus;
  to_status: AuthorStatus;
  actor: string;
  note: string | null;
  created_at: Date;
};

const FIND_CHANGES = statement<AuthorChangeRow>(
  "review.author-changes",
  `select id, from_status, to_status, actor, note, created_at from author_changes
   where author_id = $1 order by id desc limit $2`,
);

/** Who trusted or banned an author, the latest first. */
export async function findAuthorChanges(
  db: Database,
  authorId: string,
  limit: number,
): Promise<AuthorChangeRow[]> {
  return db.run(FIND_CHANGES, [authorId, limit]);
}

export type AuthorChange = {
  id: string;
  siteId: number;
  authorId: string;
  to: AuthorStatus;
  actor: string;
  actorId: string;
  note: string | null;
  at: Date;
};

const CHANGE = statement<{ id: string }>(
  "review.change-author",
  `with current as (
     select id, site_id, status from authors where id = $2 and site_id = $1 and status <> $4 for update
   ), changed as (
     update authors a set status = $4 from current c where a.id = c.id
   )
   insert into author_changes (id, site_id, author_id, from_status, to_status, actor, actor_id, note, created_at)
   select $3, c.site_id, c.id, c.status, $4, $5, $6, $7, $8 from current c returning id`,
);

/** Sets an author's status and records who did; false when that is what it was. */
export async function changeAuthorStatus(db: Database | Tx, change: AuthorChange): Promise<boolean> {
  const { siteId, authorId, id, to, actor, actorId, note, at } = change;
  return (await db.run(CHANGE, [siteId, authorId, id, to, actor, actorId, note, at])).length > 0;
}
