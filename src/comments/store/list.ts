import { type Database, type Statement, statement } from "../../db/database.ts";
import { FIND_THREAD, nameOf, type ThreadLookup, type ThreadRow } from "./threads.ts";

/** A path is the ids from the root to the comment. */
const ID_BYTES = 16;

export type PageRow = {
  /** A JSON array, ready to be sent. */
  comments: string;
  /** The path of the last comment, in hex; null when nothing comes after it. */
  last_path: string | null;
};

type Sort = "newest" | "oldest";

/** What comes after a comment, by its path and root: ranges of the index, one after the other in the order of the list. */
type After = (path: string, root: string) => string[];

const ORDERS: Record<Sort, { by: string; after: After }> = {
  oldest: { by: "c.path", after: (path) => [`c.path > ${path}`] },
  // Threads in reverse order, each read forwards: first the rest of the same one, then those before it.
  newest: {
    by: "c.root_id desc, c.path",
    after: (path, root) => [`c.root_id = ${root} and c.path > ${path}`, `c.root_id < ${root}`],
  },
};

type PageText = { thread: string; limit: string; sort: Sort; after?: string[] };

function published({ thread }: PageText, range: string): string {
  return `from comments c where c.thread_id = ${thread} and c.status = 'published' and ${range}`;
}

/** The rows of the page, in order. */
function rowsOf(text: PageText, columns: string): string {
  const inOrder = `order by ${ORDERS[text.sort].by} limit ${text.limit}`;
  const ranges = (text.after ?? ["true"]).map(
    (range) => `select ${columns} ${published(text, range)} ${inOrder}`,
  );
  if (ranges.length === 1) return ranges.join("");
  return `select ${columns} from (${ranges.map((range) => `(${range})`).join(" union all ")}) c ${inOrder}`;
}

// PostgreSQL writes the JSON itself: building a hundred rows in JavaScript first would cost as much as the query. The type
// names the members, so that the rows are read once and kept nowhere, and still give the last path beside their JSON. What a comment
// answers to is mostly in the page, as the index tells (a path without its last id is the parent's): only the other parents are looked up.
function pageCte(text: PageText): string {
  return `page as (
     select coalesce(json_agg(row(c.id, c.parent_id,
         c.parent_id is not null
           and substring(c.path for length(c.path) - ${ID_BYTES}) not in (select s.path from (${rowsOf(text, "c.path, c.root_id")}) s)
           and not exists (select from comments p where p.id = c.parent_id and p.status = 'published'),
         c.depth, c.reply_count, c.name, c.website, c.body, c.created_at, c.edited_at)::page_comment), '[]')::text as comments,
       (array_agg(c.path))[${text.limit}] as last_path, (array_agg(c.root_id))[${text.limit}] as last_root
     from (${rowsOf(text, "c.*")}) c
   )`;
}

/** Where the page ends, if something comes after it. */
function endOf(text: PageText): string {
  const ranges = ORDERS[text.sort].after("page.last_path", "page.last_root");
  const more = ranges.map((range) => `exists (select ${published(text, range)})`).join(" or ");
  return `case when ${more} then encode(page.last_path, 'hex') end as last_path`;
}

function pageStatement(name: string, sort: Sort, after?: string[]): Statement<PageRow> {
  const text: PageText = { thread: "$1", limit: "$2", sort, ...(after !== undefined && { after }) };
  return statement<PageRow>(
    `comments.page-${name}`,
    `with ${pageCte(text)} select page.comments, ${endOf(text)} from page`,
  );
}

const FIRST = { oldest: pageStatement("oldest", "oldest"), newest: pageStatement("newest", "newest") };
const NEXT = {
  oldest: pageStatement("oldest-next", "oldest", ORDERS.oldest.after("$3::bytea", "")),
  newest: pageStatement("newest-next", "newest", ORDERS.newest.after("$3::bytea", "$4::uuid")),
};

export type PageQuery = {
  threadId: string;
  sort: Sort;
  limit: number;
  /** The path that the page comes after. */
  after: Buffer | null;
};

const NO_PAGE: PageRow = { comments: "[]", last_path: null };

export async function findPage(db: Database, query: PageQuery): Promise<PageRow> {
  const { threadId, sort, limit, after } = query;
  if (after === null) return (await db.run(FIRST[sort], [threadId, limit]))[0] ?? NO_PAGE;
  const root = sort === "newest" ? [after.subarray(0, ID_BYTES).toString("hex")] : [];
  return (await db.run(NEXT[sort], [threadId, limit, after, ...root]))[0] ?? NO_PAGE;
}

function threadWithPage(by: keyof typeof FIND_THREAD, sort: Sort): Statement<ThreadRow & PageRow> {
  const text: PageText = { thread: "(select id from thread)", limit: "$3", sort };
  return statement(
    `comments.thread-by-${by}-with-${sort}`,
    `with thread as (${FIND_THREAD[by].text}), ${pageCte(text)} select t.*, page.comments, ${endOf(text)} from thread t, page`,
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
