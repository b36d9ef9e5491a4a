import { type Database, type Statement, statement } from "../../db/database.ts";
import { FIND_THREAD, nameOf, type ThreadLookup, type ThreadRow } from "./threads.ts";

export type PageRow = {
  /** A JSON array, ready to be sent. */
  comments: string;
  /** The path of the last comment, in hex; null when nothing comes after it. */
  last_path: string | null;
};

type PageText = { thread: string; limit: string; order: string; after?: string };

// PostgreSQL writes the JSON itself: building a hundred rows in JavaScript first would cost as much as the query. A CTE is
// read in its own order, and what a page answers to is mostly in the page: only the other parents are looked up. With a
// join, a row number and json_build_object this took twice as long.
const page = ({ thread, limit, order, after = "true" }: PageText) => ({
  ctes: `found as materialized (
     select c.id, c.parent_id, c.depth, c.name, c.website, c.body, c.created_at, c.edited_at, c.reply_count, c.path
     from comments c
     where c.thread_id = ${thread} and c.status = 'published' and ${after}
     order by ${order} limit ${limit} + 1
   ), shown as (
     select f.id, f.parent_id as "parentId",
       f.parent_id is not null and f.parent_id not in (select id from found)
         and not exists (select from comments p where p.id = f.parent_id and p.status = 'published') as "parentMissing",
       f.depth, f.reply_count as "replyCount", f.name, f.website, f.body,
       f.created_at as "createdAt", f.edited_at as "editedAt"
     from found f limit ${limit}
   )`,
  columns: `(select coalesce(json_agg(s), '[]')::text from shown s) as comments,
   (select encode((array_agg(path))[1], 'hex') from (select path from found offset ${limit} - 1 limit 2) last
    having count(*) = 2) as last_path`,
});

const ORDERS = { oldest: "c.path", newest: "c.root_id desc, c.path" };
type Sort = keyof typeof ORDERS;

function pageStatement(name: string, sort: Sort, after?: string): Statement<PageRow> {
  const { ctes, columns } = page({
    thread: "$1",
    limit: "$2",
    order: ORDERS[sort],
    ...(after !== undefined && { after }),
  });
  return statement<PageRow>(`comments.page-${name}`, `with ${ctes} select ${columns}`);
}

const FIRST = { oldest: pageStatement("oldest", "oldest"), newest: pageStatement("newest", "newest") };
const NEXT = {
  oldest: pageStatement("oldest-next", "oldest", "c.path > $3::bytea"),
  // Threads in reverse order, each read forwards: a row comparison cannot say that, two conditions on the index can.
  newest: pageStatement(
    "newest-next",
    "newest",
    "c.root_id <= $4::uuid and (c.root_id < $4::uuid or c.path > $3::bytea)",
  ),
};

export type PageQuery = {
  threadId: string;
  sort: Sort;
  limit: number;
  /** The path that the page comes after. */
  after: Buffer | null;
};

const ROOT_BYTES = 16;
const NO_PAGE: PageRow = { comments: "[]", last_path: null };

export async function findPage(db: Database, query: PageQuery): Promise<PageRow> {
  const { threadId, sort, limit, after } = query;
  if (after === null) return (await db.run(FIRST[sort], [threadId, limit]))[0] ?? NO_PAGE;
  const root = sort === "newest" ? [after.subarray(0, ROOT_BYTES).toString("hex")] : [];
  return (await db.run(NEXT[sort], [threadId, limit, after, ...root]))[0] ?? NO_PAGE;
}

function threadWithPage(by: keyof typeof FIND_THREAD, sort: Sort): Statement<ThreadRow & PageRow> {
  const { ctes, columns } = page({ thread: "(select id from thread)", limit: "$3", order: ORDERS[sort] });
  return statement(
    `comments.thread-by-${by}-with-${sort}`,
    `with thread as (${FIND_THREAD[by].text}), ${ctes} select t.*, ${columns} from thread t`,
  );
}

const WITH_THREAD = {
  key: { oldest: threadWithPage("key", "oldest"), newest: threadWithPage("key", "newest") },
  url: { oldest: threadWithPage("url", "oldest"), newest: threadWithPage("url", "newest") },
};

/** A thread and its first page, both of the same moment. */
export async function findThreadWithPage(
  db: Database,
  lookup: ThreadLookup,
  { sort, limit }: Pick<PageQuery, "sort" | "limit">,
): Promise<(ThreadRow & PageRow) | undefined> {
  const { by, values } = nameOf(lookup);
  return (await db.run(WITH_THREAD[by][sort], [...values, limit]))[0];
}
