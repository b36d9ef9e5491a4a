import { type Database, statement, type Tx } from "../../db/database.ts";
import type { CommentStatus } from "../status.ts";

export type CommentRow = {
  id: string;
  site_id: number;
  site_key: string;
  thread_id: string;
  thread_key: string;
  thread_url: string;
  thread_title: string | null;
  author_id: string;
  parent_id: string | null;
  depth: number;
  status: CommentStatus;
  version: number;
  revision: number;
  name: string;
  website: string | null;
  body: string;
  reason: string | null;
  reply_count: number;
  created_at: Date;
  edited_at: Date | null;
  status_at: Date;
  published_at: Date | null;
};

const FIND = statement<CommentRow>(
  "comments.find",
  `select c.id, c.site_id, s.key as site_key, c.thread_id, t.key as thread_key, t.url as thread_url, t.title as thread_title,
     c.author_id, c.parent_id, c.depth, c.status, c.version, c.revision, c.name, c.website, c.body, c.reason, c.reply_count,
     c.created_at, c.edited_at, c.status_at, c.published_at
   from comments c join sites s on s.id = c.site_id join threads t on t.id = c.thread_id
   where c.id = any($2::uuid[]) and ($1::int is null or c.site_id = $1)`,
);

/** Those of the comments that exist, of one site or (null) of any, in no particular order. */
export async function findCommentRows(
  db: Database | Tx,
  siteId: number | null,
  ids: string[],
): Promise<CommentRow[]> {
  return db.run(FIND, [siteId, ids]);
}

const KEEP_REVISION = statement(
  "comments.keep-revision",
  `insert into comment_revisions (comment_id, revision, body, replaced_at)
   select id, revision, body, $3 from comments where id = $1 and version = $2 on conflict do nothing`,
);

const EDIT = statement<{ revision: number }>(
  "comments.edit",
  `update comments set body = $3, revision = revision + 1, edited_at = $4
   where id = $1 and version = $2 returning revision`,
);

/** Replaces the text and keeps the old one; undefined when the comment has moved on from `version`. */
export async function replaceBody(
  tx: Tx,
  edit: { id: string; version: number; body: string; at: Date },
): Promise<number | undefined> {
  await tx.run(KEEP_REVISION, [edit.id, edit.version, edit.at]);
  return (await tx.run(EDIT, [edit.id, edit.version, edit.body, edit.at]))[0]?.revision;
}
