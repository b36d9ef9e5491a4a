import { z } from "zod";
import type { Context } from "../../context.ts";
import { getPolicy } from "../../sites/policies.ts";
import type { Site } from "../../sites/site.ts";
import { getActivePolicy } from "../active-policy.ts";
import { type CompiledPolicy, compilePolicy } from "../policy.ts";
import type { Evidence } from "../signal.ts";
import { FACTS } from "../signals/index.ts";
import type { PastTextRow } from "../store/backtest.ts";

const POLICY_VERSION_MAX = 2_147_483_647;

/** The policy to try: a document, a version that was in force once, or the one in force. */
export const trialPolicySchema = z.union([
  z.strictObject({ source: z.string() }),
  z.strictObject({ version: z.int().min(1).max(POLICY_VERSION_MAX) }),
]);

export type TrialInput = { policy: z.infer<typeof trialPolicySchema> | null };

/** What a backtest tries: a policy, and perhaps another version of the model. */
export type Trial = {
  policy: CompiledPolicy;
  /** The version of the model that scores the texts anew; null: their scores of then. */
  model: string | null;
  /** The evidence with the model's part of it made anew; undefined when the text is gone. Null: evidence stays as it is. */
  rescore: ((evidence: readonly Evidence[], text: Partial<PastTextRow>) => Evidence[] | undefined) | null;
};

/** @throws AppError `invalid_input` (`invalid_policy`, with every problem), `not_found` for no such version. */
export async function resolveTrial(ctx: Context, site: Site, { policy }: TrialInput): Promise<Trial> {
  return { policy: await resolvePolicy(ctx, site, policy), model: null, rescore: null };
}

async function resolvePolicy(
  ctx: Context,
  site: Site,
  policy: TrialInput["policy"],
): Promise<CompiledPolicy> {
  if (policy === null) return getActivePolicy(ctx, site);
  if ("source" in policy) return compilePolicy(policy.source, FACTS);
  const { source, version } = await getPolicy(ctx, site, policy.version);
  return compilePolicy(source, FACTS, version);
}
