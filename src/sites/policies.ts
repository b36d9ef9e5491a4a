import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import type { Site } from "./site.ts";
import { appendPolicy, findPolicyRow, listPolicyRows } from "./store.ts";

export type StoredPolicy = {
  version: number;
  source: string;
  note: string | null;
  createdBy: string;
  createdAt: Date;
};

/** One version of a site's policy document, as it was saved. @throws AppError `not_found` */
export async function getPolicy(ctx: Context, site: Site, version: number): Promise<StoredPolicy> {
  const row = await findPolicyRow(ctx.db, site.id, version);
  if (!row) throw new AppError("not_found", "There is no such version of the policy.");
  const { source, note, created_by: createdBy, created_at: createdAt } = row;
  return { version: row.version, source, note, createdBy, createdAt };
}

export type ListPoliciesInput = { before: number | null; limit: number };

/** The versions of a site's policy, latest first; `before` is the last version of the page before, `next` that of this one. */
export async function listPolicies(
  ctx: Context,
  site: Site,
  { before, limit }: ListPoliciesInput,
): Promise<{ versions: Omit<StoredPolicy, "source">[]; next: number | null }> {
  const rows = await listPolicyRows(ctx.db, site.id, before ?? VERSION_MAX, limit + 1);
  const versions = rows
    .slice(0, limit)
    .map(({ version, note, created_by: createdBy, created_at: createdAt }) => ({
      version,
      note,
      createdBy,
      createdAt,
    }));
  return { versions, next: rows.length > limit ? (versions.at(-1)?.version ?? null) : null };
}

/** PostgreSQL's largest integer: a version that no policy reaches. */
const VERSION_MAX = 2_147_483_647;

export type SavePolicyInput = { siteKey: string; source: string; note: string | null; createdBy: string };

/** Appends a version, already compiled and so known to be sound, and puts it in force. Returns its number. */
export async function savePolicyVersion(ctx: Context, input: SavePolicyInput): Promise<number> {
  const version = await ctx.db.transaction((tx) => appendPolicy(tx, { ...input, at: ctx.clock.now() }));
  if (version === undefined)
    throw new AppError("not_found", "There is no such site.", { reason: "site_not_found" });
  ctx.caches.sites.delete(input.siteKey);
  return version;
}
