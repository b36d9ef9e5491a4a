import type { SecretKey } from "../accounts/secret-box.ts";
import type { Context } from "../context.ts";
import { decodeCursor, encodeCursor } from "../cursor.ts";
import { AppError } from "../errors.ts";
import type { Site } from "../sites/site.ts";
import { findPage } from "./store/list.ts";
import { type ArticleRef, findThread, isClosed, type Thread } from "./thread.ts";

export const SORTS = ["newest", "oldest"] as const;
export type Sort = (typeof SORTS)[number];

export type ListCommentsInput = {
  site: Site;
  article: ArticleRef;
  sort: Sort;
  limit: number;
  cursor: string | null;
};

/** A page that need not be made when the caller already has it: compare `etag` first, then `render`. */
export type CommentPage = { etag: string; thread: Thread | undefined; render(): Promise<RenderedPage> };
/** `body` is JSON in UTF-8: encoded once, however often it is sent. */
type RenderedPage = { body: Buffer<ArrayBuffer>; next: string | null };

/**
 * The published comments of an article, depth-first: each thread of replies whole, threads by age. A page costs the same
 * wherever in however long a thread it lies (keyset over the materialised path).
 * @throws AppError `invalid_input` for a cursor of another list.
 */
export async function listComments(ctx: Context, input: ListCommentsInput): Promise<CommentPage> {
  const thread = await findThread(ctx, input.site, input.article);
  if (!thread) return { etag: '"none"', thread, render: async () => ({ body: emptyBody(), next: null }) };
  const closed = isClosed(thread, ctx.clock.now());
  const query = `${input.sort}.${input.limit}.${input.cursor ?? ""}`;
  const version = `${thread.id}.${thread.revision}${closed ? ".closed" : ""}`;
  return {
    etag: `"${version}.${hashOf(query)}"`,
    thread,
    render: () => renderCached(ctx, { ...input, thread, closed, cacheKey: `${version} ${query}` }),
  };
}

type RenderInput = ListCommentsInput & { thread: Thread; closed: boolean; cacheKey: string };

async function renderCached(ctx: Context, input: RenderInput): Promise<RenderedPage> {
  const cached = ctx.caches.pages.get(input.cacheKey);
  if (cached) return cached;
  const page = await render(ctx, input);
  ctx.caches.pages.set(input.cacheKey, page);
  return page;
}

async function render(ctx: Context, input: RenderInput): Promise<RenderedPage> {
  const { thread, sort, limit, cursor } = input;
  const scope = `comments ${thread.id} ${sort}`;
  const after = cursor === null ? null : readCursor(ctx.keys.cursor, scope, cursor);
  const row = await findPage(ctx.db, { threadId: thread.id, sort, limit, after });
  const next = row.has_more ? encodeCursor(ctx.keys.cursor, scope, [row.last_path, row.last_root]) : null;
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

function readCursor(key: SecretKey, scope: string, cursor: string) {
  const [path, root] = decodeCursor(key, scope, cursor);
  if (typeof path === "string" && typeof root === "string") return { path: Buffer.from(path, "hex"), root };
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
