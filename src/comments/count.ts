import type { Context } from "../context.ts";
import { canonicalUrl } from "../sites/canonical-url.ts";
import type { Site } from "../sites/site.ts";
import { countPublished } from "./store/threads.ts";

export type CountCommentsInput = { urls: string[]; keys: string[] };

/** Published comments of many articles, keyed by the URLs and keys as they were asked for; 0 where there is no thread. */
export async function countComments(
  ctx: Context,
  site: Site,
  { urls, keys }: CountCommentsInput,
): Promise<Record<string, number>> {
  const canonical = new Map(urls.map((url) => [url, canonicalUrl(url)]));
  const [byUrl, byKey] = await Promise.all([
    urls.length > 0
      ? countPublished(ctx.db, site.id, "url", [...new Set(canonical.values())])
      : new Map<string, number>(),
    keys.length > 0 ? countPublished(ctx.db, site.id, "key", keys) : new Map<string, number>(),
  ]);
  // Of an object with a prototype V8 would make a shape for each set of articles that it has not seen yet.
  const counts: Record<string, number> = Object.create(null);
  for (const url of urls) counts[url] = byUrl.get(canonical.get(url) ?? "") ?? 0;
  for (const key of keys) counts[key] = byKey.get(key) ?? 0;
  return counts;
}
