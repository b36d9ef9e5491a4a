import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import { type Automation, automationSchema } from "./automation.ts";
import { type ExternalChecks, externalSchema, wantsSender } from "./external.ts";
import { siteKeySchema, type SiteSettings, siteSettingsSchema } from "./schema.ts";
import { findSiteRow, type SiteRow } from "./store.ts";

/** A publication, as every verb sees it: its settings complete, its origins' hosts at hand. */
export type Site = {
  id: number;
  key: string;
  name: string;
  language: string | null;
  /** Origins whose articles may carry threads and whose pages may call the API. */
  origins: string[];
  /** Host names of the origins: links to them are no links out. */
  hosts: string[];
  settings: SiteSettings;
  /** What it asks of others; empty unless somebody turned it on. */
  external: ExternalChecks;
  /** Whether one of those wants the sender's address. */
  keepsSender: boolean;
  policyVersion: number;
  /** What the editors leave to the model alone; null: nothing. */
  automation: Automation | null;
  rowVersion: string;
};

/** The site of a key, at most a second old. @throws AppError `not_found` */
export async function getSite(ctx: Context, key: string): Promise<Site> {
  const site = await findSite(ctx, key);
  if (!site) throw siteNotFound();
  return site;
}

/** Milliseconds before it grows too old that a site is read again, if anybody asks for it then. */
const READ_AGAIN_MS = 300;

/**
 * The site of a key, at most a second old; undefined when there is none. One that is in use is read again before all its requests
 * would have to wait for that.
 */
export async function findSite(
  { caches: { sites } }: Pick<Context, "caches">,
  key: string,
): Promise<Site | undefined> {
  const known = sites.get(key);
  if (!known) return isSiteKey(key) ? sites.fetch(key) : undefined;
  // A failure is for whoever asks once it is too old.
  if (sites.getRemainingTTL(key) < READ_AGAIN_MS)
    sites.fetch(key, { forceRefresh: true }).catch(() => undefined);
  return known;
}

/** Whether a site may be called so; what may not be is not looked up. */
function isSiteKey(key: string): boolean {
  return siteKeySchema.safeParse(key).success;
}

export function siteNotFound(): AppError {
  return new AppError("not_found", "There is no such site.", { reason: "site_not_found" });
}

/**
 * For the cache of the context: reads past it. An unchanged site stays the same object, since what is compiled from it
 * (schemas, word lists) is kept by identity.
 */
export async function loadSite(db: Context["db"], key: string, known?: Site): Promise<Site | undefined> {
  const row = await findSiteRow(db, key);
  if (row && known?.id === row.id && known.rowVersion === row.row_version) return known;
  return row && toSite(row);
}

export function toSite(row: SiteRow): Site {
  const external = externalSchema.parse(row.external);
  return {
    id: row.id,
    key: row.key,
    name: row.name,
    language: row.language,
    origins: row.origins,
    hosts: row.origins.map(hostOf),
    settings: siteSettingsSchema.parse(row.settings),
    external,
    keepsSender: wantsSender(external),
    policyVersion: row.policy_version,
    automation: automationSchema.nullable().parse(row.automation),
    rowVersion: row.row_version,
  };
}

function hostOf(origin: string): string {
  return origin
    .replace(/^[a-z]+:\/\//, "")
    .replace(/^\*\./, "")
    .replace(/:\d+$/, "");
}
