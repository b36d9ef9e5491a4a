import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import { canonicalUrl, isOfOrigins } from "../sites/canonical-url.ts";
import type { Site } from "../sites/site.ts";
import { findThreadRow, insertThread, type ThreadLookup, type ThreadRow } from "./store/threads.ts";

/** The comments of one article. */
export type Thread = {
  id: string;
  siteId: number;
  /** The publisher's own key, else the canonical URL. */
  key: string;
  canonicalUrl: string;
  url: string;
  title: string | null;
  language: string | null;
  closedAt: Date | null;
  revision: string;
  publishedCount: number;
  createdAt: Date;
};

/** How a caller names an article: the publisher's key wins over the URL; one of them must be given. */
export type ArticleRef = { key: string | null; url: string | null };

/** Reads a thread that is not known, or no longer: `stale` is what it was when it was last read. */
export type ReadThread = (lookup: ThreadLookup, stale: Thread | undefined) => Promise<ThreadRow | undefined>;

/**
 * The thread of an article, at most a second old; undefined while nobody has commented on or registered it. Only looks: giving
 * a thread that is there a key is for its publisher alone, who registers it with a token.
 * @param read for who reads more than the thread by the same question.
 * @throws AppError `invalid_input` when neither key nor a usable URL is given.
 */
export async function findThread(
  ctx: Context,
  site: Site,
  article: ArticleRef,
  read: ReadThread = (lookup) => findThreadRow(ctx.db, lookup),
): Promise<Thread | undefined> {
  const found = await lookUp(ctx, toLookup(ctx, site, article), read);
  // A key nobody knows yet may come with the address of a thread that is there.
  if (found || article.key === null || article.url === null) return found;
  return lookUp(ctx, toLookup(ctx, site, { key: null, url: article.url }), read);
}

async function lookUp(ctx: Context, lookup: ThreadLookup, read: ReadThread): Promise<Thread | undefined> {
  const { threads } = ctx.caches;
  const cacheKey = threadCacheKey(lookup);
  const cached = threads.get(cacheKey);
  if (cached) return cached.thread ?? undefined;
  const stale = threads.peek(cacheKey, { allowStale: true })?.thread ?? undefined;
  const row = await read(lookup, stale);
  const thread = row && toThread(row);
  threads.set(cacheKey, { thread: thread ?? null });
  return thread;
}

export type OpenThreadInput = ArticleRef & {
  /** Only from someone who may name an article; a reader could write anything. */
  title: string | null;
  language?: string | null;
};

/**
 * The thread of an article a reader posts to, opened if this is the first comment. Its title and counts may be ten seconds old.
 * @throws AppError `invalid_input` (field `url`) when the article is not of the site's origins or a new thread has no URL;
 * `not_found` when the site only takes registered articles.
 */
export async function openThread(ctx: Context, site: Site, input: OpenThreadInput): Promise<Thread> {
  const cacheKey = threadCacheKey(toLookup(ctx, site, input));
  const known = ctx.caches.openThreads.get(cacheKey);
  // One that may have been opened again is looked at.
  if (known && !isClosed(known, ctx.clock.now())) return known;
  const existing = await findThread(ctx, site, input);
  if (existing) {
    ctx.caches.openThreads.set(cacheKey, existing);
    return existing;
  }
  const url = requireOwnUrl(site, input.url);
  if (!site.settings.openThreadsOnFirstUse) {
    throw new AppError("not_found", "This article does not take comments.", { reason: "thread_not_found" });
  }
  await ctx.limits.spendNewThread(site);
  return createThread(ctx, site, { ...input, url, canonicalUrl: canonicalUrl(url) });
}

type CreateInput = OpenThreadInput & { url: string; canonicalUrl: string };

async function createThread(ctx: Context, site: Site, input: CreateInput): Promise<Thread> {
  const at = ctx.clock.now();
  const row = await insertThread(ctx.db, {
    siteId: site.id,
    key: input.key ?? input.canonicalUrl,
    canonicalUrl: input.canonicalUrl,
    url: linkOf(input),
    title: input.title,
    language: input.language ?? null,
    closedAt: closingDefault(site, at),
    at,
  });
  // Another request was first: its thread is ours too.
  const found = row ?? (await findThreadRow(ctx.db, toLookup(ctx, site, input)));
  if (!found) throw new AppError("unavailable", "The thread could not be opened.", { retryAfterSeconds: 1 });
  return rememberThread(ctx, found);
}

/** The address without what a reader may have added to it; canonical URLs are https, and an article need not be. */
function linkOf({ url, canonicalUrl: canonical }: CreateInput): string {
  return new URL(url).protocol === "http:" ? canonical.replace(/^https:/, "http:") : canonical;
}

/** When a thread opened now closes, unless its publisher says otherwise; null: never. */
export function closingDefault(site: Site, now: Date): Date | null {
  const days = site.settings.closeAfterDays;
  return days === null ? null : new Date(now.getTime() + days * 86_400_000);
}

/** A thread just written, no longer as the cache has it. */
export function rememberThread(ctx: Context, row: ThreadRow): Thread {
  const thread = toThread(row);
  for (const named of [
    { key: row.key, canonicalUrl: null },
    { key: null, canonicalUrl: row.canonical_url },
  ]) {
    const cacheKey = threadCacheKey({ siteId: row.site_id, ...named });
    ctx.caches.threads.delete(cacheKey);
    ctx.caches.openThreads.delete(cacheKey);
  }
  return thread;
}

function threadCacheKey({ siteId, key, canonicalUrl: canonical }: ThreadLookup): string {
  return `${siteId} ${key ?? ""} ${canonical ?? ""}`;
}

function toLookup({ caches }: Context, site: Site, { key, url }: ArticleRef): ThreadLookup {
  if (key !== null) return { siteId: site.id, key, canonicalUrl: null };
  if (url !== null) {
    let canonical = caches.canonicalUrls.get(url);
    if (canonical === undefined) {
      canonical = canonicalUrl(url);
      caches.canonicalUrls.set(url, canonical);
    }
    return { siteId: site.id, key: null, canonicalUrl: canonical };
  }
  throw new AppError("invalid_input", "Say which article: its URL, or your own key for it.", {
    fields: [{ path: "url", message: "required unless threadKey is given" }],
  });
}

/** @throws AppError `invalid_input`, field `url` */
export function requireOwnUrl(site: Site, url: string | null): string {
  if (url === null) {
    throw new AppError("invalid_input", "This article is new here: its URL is needed.", {
      fields: [{ path: "url", message: "required for an article that has no thread yet" }],
    });
  }
  if (isOfOrigins(url, site.origins)) return url;
  throw new AppError("invalid_input", "This article is not of this site.", {
    fields: [
      { path: "url", message: `not of the site's origins (${site.origins.join(", ") || "none set"})` },
    ],
  });
}

export function toThread(row: ThreadRow): Thread {
  return {
    id: row.id,
    siteId: row.site_id,
    key: row.key,
    canonicalUrl: row.canonical_url,
    url: row.url,
    title: row.title,
    language: row.language,
    closedAt: row.closed_at,
    revision: row.revision,
    publishedCount: row.published_count,
    createdAt: row.created_at,
  };
}

export function isClosed(thread: Thread, now: Date): boolean {
  return thread.closedAt !== null && thread.closedAt <= now;
}
