import type { Context } from "../context.ts";
import { getPolicy } from "../sites/policies.ts";
import type { Site } from "../sites/site.ts";
import { type ReplacedPolicy, replacePolicy } from "./replace-policy.ts";

export type RollBackPolicyInput = {
  version: number;
  note: string | null;
  createdBy: string;
  /** The version that must still be in force; null: whichever is. */
  basedOn?: number | null;
};

/**
 * Puts the document of an earlier version in force again, as a new version: the list of versions only ever grows.
 * @throws AppError `not_found` for no such version, `conflict` (`policy_changed`), `invalid_input` (`invalid_policy`) for one that is not sound any more
 */
export async function rollBackPolicy(
  ctx: Context,
  site: Site,
  { version, note, ...by }: RollBackPolicyInput,
): Promise<ReplacedPolicy> {
  const { source } = await getPolicy(ctx, site, version);
  return replacePolicy(ctx, { site, source, note: note ?? `Back to version ${version}`, ...by });
}
