import type { Context } from "../context.ts";
import { type Site, toSite } from "./site.ts";
import { listSiteRows } from "./store.ts";

export type ListSitesInput = {
  /** The last key of the page before. */
  after: string | null;
  limit: number;
};

/** All sites by key, a page at a time; `next` is where the following page starts, null on the last. */
export async function listSites(
  ctx: Pick<Context, "db">,
  { after, limit }: ListSitesInput,
): Promise<{ sites: Site[]; next: string | null }> {
  const rows = await listSiteRows(ctx.db, after ?? "", limit + 1);
  const sites = rows.slice(0, limit).map(toSite);
  return { sites, next: rows.length > limit ? (sites.at(-1)?.key ?? null) : null };
}
