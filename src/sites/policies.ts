import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import { type Site, siteNotFound } from "./site.ts";
import { appendPolicy, deleteDraft, findPolicyRow, listPolicyRows, lockPolicy } from "./store.ts";

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

export type SavePolicyInput = {
  siteKey: string;
  source: string;
  note: string | null;
  createdBy: string;
  /** The version that must still be in force; null: whichever is. */
  basedOn?: number | null;
  /** The revision of the draft that this is, which ends with it. */
  draftRevision?: number;
};

/**
 * Appends a version, already compiled and so known to be sound, and puts it in force. Returns its number.
 * @throws AppError `not_found`, `conflict` (`policy_changed`, `draft_changed`), and nothing is saved
 */
export async function savePolicyVersion(ctx: Context, input: SavePolicyInput): Promise<number> {
  const { siteKey, source, note, createdBy, basedOn = null, draftRevision } = input;
  const version = await ctx.db.transaction(async (tx) => {
    const locked = await lockPolicy(tx, siteKey);
    if (!locked) throw siteNotFound();
    const { siteId, inForce } = locked;
    if (basedOn !== null && basedOn !== inForce) throw policyChanged(inForce, basedOn);
    if (draftRevision !== undefined && !(await deleteDraft(tx, siteId, draftRevision))) {
      throw new AppError("conflict", "The draft was changed in the meantime.", { reason: "draft_changed" });
    }
    return appendPolicy(tx, { siteId, source, note, createdBy, at: ctx.clock.now() });
  });
  ctx.caches.sites.delete(siteKey);
  return version;
}

export function policyChanged(inForce: number, basedOn: number): AppError {
  return new AppError("conflict", `Version ${inForce} came into force in the meantime.`, {
    reason: "policy_changed",
    details: { inForce, basedOn },
  });
}
