import { type Database, statement } from "../../db/database.ts";

export type PageRow = {
  /** A JSON array, ready to be sent. */
  comments: string;
  has_more: boolean;
  last_path: string | null;
  last_root: string | null;
};

// PostgreSQL writes the JSON itself: building a hundred rows in JavaScript first would cost as much as the query. A CTE is
// read in its own order, and what a page answers to is mostly in the page: only the other parents are looked up. With a
// join, a row number and json_build_object this took twice as long.
const page = (condition: string, order: string) =>
  `with found as materialized (
     select c.id, c.parent_id, c.depth, c.name, c.website, c.body, c.created_at, c.edited_at, c.reply_count, c.root_id, c.path
     from comments c
     where c.thread_id = $1 and c.status = 'published' and ${condition}
     order by ${order} limit $2 + 1
   ), shown as (
     select f.id, f.parent_id as "parentId",
       f.parent_id is not null and f.parent_id not in (select id from found)
         and not exists (select from comments p where p.id = f.parent_id and p.status = 'published') as "parentMissing",
       f.depth, f.reply_count as "replyCount", f.name, f.website, f.body,
       f.created_at as "createdAt", f.edited_at as "editedAt"
     from found f limit $2
   )
   select '[' || coalesce((select string_agg(row_to_json(s)::text, ',') from shown s), '') || ']' as comments,
     (select count(*) from found) > $2 as has_more,
     (select encode(path, 'hex') from found offset $2 - 1 limit 1) as last_path,
     (select root_id::text from found offset $2 - 1 limit 1) as last_root`;

const OLDEST = statement<PageRow>("comments.page-oldest", page("c.path > $3::bytea", "c.path"));

const NEWEST_FIRST = statement<PageRow>("comments.page-newest-first", page("true", "c.root_id desc, c.path"));

// Threads in reverse order, each read forwards: a row comparison cannot say that, two conditions on the index can.
const NEWEST_NEXT = statement<PageRow>(
  "comments.page-newest-next",
  page("c.root_id <= $3::uuid and (c.root_id < $3::uuid or c.path > $4::bytea)", "c.root_id desc, c.path"),
);

export type PageQuery = {
  threadId: string;
  sort: "oldest" | "newest";
  limit: number;
  after: { path: Buffer; root: string } | null;
};

const NO_PAGE: PageRow = { comments: "[]", has_more: false, last_path: null, last_root: null };

export async function findPage(db: Database, query: PageQuery): Promise<PageRow> {
  const { threadId, limit, after } = query;
  if (query.sort === "oldest") {
    return (await db.run(OLDEST, [threadId, limit, after?.path ?? Buffer.alloc(0)]))[0] ?? NO_PAGE;
  }
  if (after === null) return (await db.run(NEWEST_FIRST, [threadId, limit]))[0] ?? NO_PAGE;
  return (await db.run(NEWEST_NEXT, [threadId, limit, after.root, after.path]))[0] ?? NO_PAGE;
}
