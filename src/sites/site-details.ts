import type { Context } from "../context.ts";
import { type Site, siteNotFound, toSite } from "./site.ts";
import { findSiteRow } from "./store.ts";

/** A site as it is stored now, past the cache, and which of its settings are its own rather than defaults. */
export type SiteDetails = {
  site: Site;
  /** Dotted: `limits.bodyCharsMax`, `lists.blockedWords`, `closeAfterDays`. */
  overridden: string[];
};

/** @throws AppError `not_found` */
export async function getSiteDetails(ctx: Pick<Context, "db">, key: string): Promise<SiteDetails> {
  const row = await findSiteRow(ctx.db, key);
  if (!row) throw siteNotFound();
  return { site: toSite(row), overridden: pathsOf(row.settings).toSorted() };
}

function pathsOf(settings: unknown): string[] {
  if (typeof settings !== "object" || settings === null) return [];
  return Object.entries(settings).flatMap(([name, value]) => {
    const isGroup = typeof value === "object" && value !== null && !Array.isArray(value);
    return isGroup ? pathsOf(value).map((path) => `${name}.${path}`) : [name];
  });
}
