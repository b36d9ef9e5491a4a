import { type Database, statement } from "../../db/database.ts";

export type PageRow = {
  /** A JSON array, ready to be sent. */
  comments: string;
  has_more: boolean;
  last_path: string | null;
  last_root: string | null;
};

// PostgreSQL writes the JSON itself: building a hundred rows in JavaScript first would cost as much as the query.
const page = (condition: string, order: string) =>
  `with found as (
     select c.id, c.parent_id, c.depth, c.name, c.website, c.body, c.created_at, c.edited_at, c.reply_count, c.root_id, c.path,
       row_number() over (order by ${order}) as n
     from comments c
     where c.thread_id = $1 and c.status = 'published' and ${condition}
     order by ${order} limit $2 + 1
   )
   select coalesce(json_agg(json_build_object(
       'id', f.id, 'parentId', f.parent_id,
       'parentMissing', f.parent_id is not null and p.id is null,
       'depth', f.depth, 'replyCount', f.reply_count, 'name', f.name, 'website', f.website, 'body', f.body,
       'createdAt', f.created_at, 'editedAt', f.edited_at) order by f.n) filter (where f.n <= $2), '[]')::text as comments,
     coalesce(max(f.n) > $2, false) as has_more,
     max(encode(f.path, 'hex')) filter (where f.n = $2) as last_path,
     max(f.root_id::text) filter (where f.n = $2) as last_root
   from found f
   left join comments p on p.id = f.parent_id and p.status = 'published'`;

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
