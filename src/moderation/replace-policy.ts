import type { Context } from "../context.ts";
import { getPolicy, policyChanged, savePolicyVersion } from "../sites/policies.ts";
import { discardDraft } from "../sites/policy-drafts.ts";
import { loadSite, type Site, siteNotFound } from "../sites/site.ts";
import { checkPolicy } from "./check-policy.ts";

export type ReplacePolicyInput = {
  site: Site;
  /** The document, YAML. */
  source: string;
  /** Why, for whoever reads the list of versions. */
  note: string | null;
  createdBy: string;
  /** The version that must still be in force; null: whichever is. */
  basedOn?: number | null;
  /** The revision of the draft that this is, which ends with it. */
  draftRevision?: number;
};

/** The version in force afterwards; `changed` is false when that very document was in force already. */
export type ReplacedPolicy = { version: number; changed: boolean };

/**
 * Puts a policy in force: at once in this process, within a second in every other. No version is ever changed; going back
 * is putting an old document in force again.
 * @throws AppError `invalid_input` (reason `invalid_policy`) whose fields point at every wrong place, `conflict` (`policy_changed`,
 * `draft_changed`); then nothing is saved.
 */
export async function replacePolicy(ctx: Context, input: ReplacePolicyInput): Promise<ReplacedPolicy> {
  const { source, basedOn = null } = input;
  await checkPolicy(source);
  // Past the cache: another process may have replaced what this one still believes in force.
  const site = await loadSite(ctx.db, input.site.key);
  if (!site) throw siteNotFound();
  if (basedOn !== null && basedOn !== site.policyVersion) throw policyChanged(site.policyVersion, basedOn);
  const current = await getPolicy(ctx, site, site.policyVersion);
  if (current.source === source) {
    if (input.draftRevision !== undefined) await discardDraft(ctx, site, input.draftRevision);
    return { version: current.version, changed: false };
  }
  const { site: _known, ...saved } = input;
  return { version: await savePolicyVersion(ctx, { ...saved, siteKey: site.key }), changed: true };
}
