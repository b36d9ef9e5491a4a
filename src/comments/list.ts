import type { SecretKey } from "../accounts/secret-box.ts";
import type { CachedPage } from "../caches.ts";
import type { Context } from "../context.ts";
import { decodeCursor, encodeCursor } from "../cursor.ts";
import { AppError } from "../errors.ts";
import type { Site } from "../sites/site.ts";
import { findPage, findThreadWithPage, type PageRow } from "./store/list.ts";
import { findThreadRow } from "./store/threads.ts";
import { type ArticleRef, findThread, isClosed, type Thread } from "./thread.ts";

export const SORTS = ["newest", "oldest"] as const;
export type Sort = (typeof SORTS)[number];

export type ListCommentsInput = {
  site: Site;
  article: ArticleRef;
  sort: Sort;
  limit: number;
  cursor: string | null;
  /** Whether the caller may have this page already: then it is not made before it is asked for. */
  conditional?: boolean;
};

/** A page that need not be made when the caller already has it: compare `etag` first, then `render`. */
export type CommentPage = { etag: string; thread: Thread | undefined; render: () => Promise<CachedPage> };

/**
 * The published comments of an article, depth-first: each thread of replies whole, threads by age. A page costs the same
 * wherever in however long a thread it lies (keyset over the materialised path).
 * @throws AppError `invalid_input` for a cursor of another list.
 */
export async function listComments(ctx: Context, input: ListCommentsInput): Promise<CommentPage> {
  const { thread, row } = await findThreadWithRow(ctx, input);
  if (!thread) return { etag: '"none"', thread, render: async () => ({ body: emptyBody(), next: null }) };
  const closed = isClosed(thread, ctx.clock.now());
  const version = versionOf(thread, closed);
  const query = queryOf(input);
  return {
    etag: `"${version}.${hashOf(query)}"`,
    thread,
    render: () => renderCached(ctx, { ...input, thread, closed, version, query, row }),
  };
}

type ThreadWithRow = { thread: Thread | undefined; row: PageRow | undefined };

/** The thread and, where it is asked for anyway, its first page by the same question. */
async function findThreadWithRow(ctx: Context, input: ListCommentsInput): Promise<ThreadWithRow> {
  let row: PageRow | undefined;
  const thread = await findThread(ctx, input.site, input.article, async (lookup, stale) => {
    // A cursor can be read only by who knows its thread.
    const threadOnly = input.conditional || input.cursor !== null || (stale && isCached(ctx, stale, input));
    if (threadOnly) return findThreadRow(ctx.db, lookup);
    const found = await findThreadWithPage(ctx.db, lookup, input);
    row = found;
    return found;
  });
  return { thread, row };
}

/** Whether there is a page for a thread that nothing has happened in. */
function isCached(ctx: Context, thread: Thread, input: ListCommentsInput): boolean {
  const version = versionOf(thread, isClosed(thread, ctx.clock.now()));
  return ctx.caches.pages.has(cacheKeyOf(version, queryOf(input)));
}

function cacheKeyOf(version: string, query: string): string {
  return `${version} ${query}`;
}

function versionOf({ id, revision }: Thread, closed: boolean): string {
  return `${id}.${revision}${closed ? ".closed" : ""}`;
}

function queryOf({ sort, limit, cursor }: ListCommentsInput): string {
  return `${sort}.${limit}.${cursor ?? ""}`;
}

type RenderInput = ListCommentsInput & {
  thread: Thread;
  closed: boolean;
  version: string;
  query: string;
  row: PageRow | undefined;
};

async function renderCached(ctx: Context, input: RenderInput): Promise<CachedPage> {
  const cacheKey = cacheKeyOf(input.version, input.query);
  const cached = ctx.caches.pages.get(cacheKey);
  if (cached) return cached;
  const page = await render(ctx, input);
  if (isAskedForAgain(ctx, input, page)) ctx.caches.pages.set(cacheKey, page);
  return page;
}

/**
 * Whether a page is worth keeping. Most of what a crawler reads is asked for once: kept, it would drive out what readers come
 * back to, and by then only full collections could free it (a third of the processor time of such a page).
 */
function isAskedForAgain({ caches }: Context, input: RenderInput, { body }: CachedPage): boolean {
  const key = `${input.thread.id} ${input.query}`;
  const isKnown = caches.pagesMade.has(key);
  caches.pagesMade.set(key, body.length);
  return isKnown;
}

async function render(ctx: Context, input: RenderInput): Promise<CachedPage> {
  const { thread, sort, limit, cursor } = input;
  const scope = `comments ${thread.id} ${sort}`;
  const after = cursor === null ? null : readCursor(ctx.keys.cursor, scope, cursor);
  const row = input.row ?? (await findPage(ctx.db, { threadId: thread.id, sort, limit, after }));
  const next = row.last_path === null ? null : encodeCursor(ctx.keys.cursor, scope, [row.last_path]);
  const head = JSON.stringify({
    key: thread.key,
    url: thread.url,
    title: thread.title,
    count: thread.publishedCount,
    closed: input.closed,
  });
  const body = Buffer.from(`{"thread":${head},"comments":${row.comments},"next":${JSON.stringify(next)}}`);
  return { body, next };
}

/** The path that the page comes after. */
function readCursor(key: SecretKey, scope: string, cursor: string): Buffer {
  const [path] = decodeCursor(key, scope, cursor);
  if (typeof path === "string") return Buffer.from(path, "hex");
  throw new AppError("invalid_input", "This cursor cannot be read.", {
    fields: [{ path: "cursor", message: "not a cursor of this list" }],
  });
}

function emptyBody(): Buffer<ArrayBuffer> {
  return Buffer.from('{"thread":null,"comments":[],"next":null}');
}

/** FNV-1a, 32 bits: only tells the pages of one thread apart within its ETag. */
function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash.toString(36);
}
