import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import { canonicalUrl } from "../sites/canonical-url.ts";
import type { Site } from "../sites/site.ts";
import { closingTime, type ThreadSettings, updateThread } from "./update-thread.ts";
import { adoptThreadKey, findThreadRow, insertThread, type ThreadRow } from "./store/threads.ts";
import { closingDefault, rememberThread, requireOwnUrl, type Thread } from "./thread.ts";

export type RegisterThreadInput = ThreadSettings & {
  url: string;
  /** The publisher's own key of the article, which then finds its thread whatever becomes of the URL. */
  key: string | null;
};

export type RegisteredThread = { thread: Thread; outcome: "created" | "existing" };

/**
 * Makes the thread of an article, or brings the one there is up to what is given: the same call twice does nothing twice.
 * A key finds its thread also when the article has moved; a thread that readers opened by URL takes the key.
 * @throws AppError `invalid_input` when the URL is not of the site's origins; `unavailable`
 */
export async function registerThread(
  ctx: Context,
  site: Site,
  input: RegisterThreadInput,
): Promise<RegisteredThread> {
  const url = requireOwnUrl(site, input.url);
  const canonical = canonicalUrl(url);
  const existing = await findExisting(ctx, site, input.key, canonical);
  if (existing) return { thread: await updateThread(ctx, site, existing.id, input), outcome: "existing" };
  const at = ctx.clock.now();
  const closedAt = closingTime(input, at, null);
  const created = await insertThread(ctx.db, {
    siteId: site.id,
    key: input.key ?? canonical,
    canonicalUrl: canonical,
    url,
    title: input.title ?? null,
    language: input.language ?? null,
    closedAt: closedAt === undefined ? closingDefault(site, at) : closedAt,
    at,
  });
  if (created) return { thread: rememberThread(ctx, created), outcome: "created" };
  // Another request, or a reader, was first.
  const rival = await findExisting(ctx, site, input.key, canonical);
  if (!rival)
    throw new AppError("unavailable", "The thread could not be registered.", { retryAfterSeconds: 1 });
  return { thread: await updateThread(ctx, site, rival.id, input), outcome: "existing" };
}

async function findExisting(
  ctx: Context,
  site: Site,
  key: string | null,
  canonical: string,
): Promise<ThreadRow | undefined> {
  if (key === null) return findThreadRow(ctx.db, { siteId: site.id, key: null, canonicalUrl: canonical });
  const byKey = await findThreadRow(ctx.db, { siteId: site.id, key, canonicalUrl: null });
  return byKey ?? adoptThreadKey(ctx.db, site.id, key, canonical);
}
