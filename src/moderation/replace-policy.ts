import type { Context } from "../context.ts";
import { getPolicy, savePolicyVersion } from "../sites/policies.ts";
import { loadSite, type Site, siteNotFound } from "../sites/site.ts";
import { checkPolicy } from "./check-policy.ts";

export type ReplacePolicyInput = {
  site: Site;
  /** The document, YAML. */
  source: string;
  /** Why, for whoever reads the list of versions. */
  note: string | null;
  createdBy: string;
};

/** The version in force afterwards; `changed` is false when that very document was in force already. */
export type ReplacedPolicy = { version: number; changed: boolean };

/**
 * Puts a policy in force: at once in this process, within a second in every other. No version is ever changed; going back
 * is putting an old document in force again.
 * @throws AppError `invalid_input` (reason `invalid_policy`) whose fields point at every wrong place, and nothing is saved.
 */
export async function replacePolicy(ctx: Context, input: ReplacePolicyInput): Promise<ReplacedPolicy> {
  const { source, note, createdBy } = input;
  await checkPolicy(source);
  // Past the cache: another process may have replaced what this one still believes in force.
  const site = await loadSite(ctx.db, input.site.key);
  if (!site) throw siteNotFound();
  const current = await getPolicy(ctx, site, site.policyVersion);
  if (current.source === source) return { version: current.version, changed: false };
  return {
    version: await savePolicyVersion(ctx, { siteKey: site.key, source, note, createdBy }),
    changed: true,
  };
}
