import { z } from "zod";
import type { Context } from "../../context.ts";
import { getPolicy } from "../../sites/policies.ts";
import { getDraft } from "../../sites/policy-drafts.ts";
import { loadSite, type Site } from "../../sites/site.ts";
import { getActivePolicy } from "../active-policy.ts";
import { type CompiledPolicy, compilePolicy } from "../policy.ts";
import { FACTS } from "../signals/index.ts";
import { loadSiteLayer } from "../learning/load-site-layer.ts";
import { versionOf } from "../model-view.ts";
import { automateAsToday, rescoreWith, type Revision } from "./revise.ts";

/** PostgreSQL's largest integer. */
const VERSION_MAX = 2_147_483_647;

/** The policy to try: a document, a version that was in force once, or the site's draft. */
export const trialPolicySchema = z.union([
  z.strictObject({ source: z.string() }),
  z.strictObject({ version: z.int().min(1).max(VERSION_MAX) }),
  z.strictObject({ draft: z.literal(true) }),
]);

/** A version of the site's model; 0 is the base model alone. */
export const trialModelSchema = z.strictObject({ version: z.int().min(0).max(VERSION_MAX) });

export type TrialInput = {
  /** Null: the one in force. */
  policy: z.infer<typeof trialPolicySchema> | null;
  /** Null: the scores of then. */
  model?: z.infer<typeof trialModelSchema> | null;
  /** Whether the model decides alone as far as it does today, rather than as then. */
  automation?: boolean;
};

/** What a backtest tries: a policy, and perhaps another version of the model or the thresholds of today. */
export type Trial = {
  policy: CompiledPolicy;
  /** The version of the model that scores the texts anew; null: their scores of then. */
  model: string | null;
  /** Signals whose evidence is made anew, and how; the rest stays as it was. */
  revisions: readonly Revision[];
};

/** @throws AppError `invalid_input` (`invalid_policy`, with every problem), `not_found` for no such version. */
export async function resolveTrial(
  ctx: Context,
  site: Site,
  { policy, model = null, automation = false }: TrialInput,
): Promise<Trial> {
  const revisions: Revision[] = [];
  let version: string | null = null;
  if (model !== null) {
    const loaded = await loadSiteLayer(ctx, site, model.version);
    version = versionOf(loaded);
    revisions.push(rescoreWith(loaded));
  }
  if (automation) revisions.push(automateAsToday((await loadSite(ctx.db, site.key))?.automation ?? null));
  return { policy: await resolvePolicy(ctx, site, policy), model: version, revisions };
}

async function resolvePolicy(
  ctx: Context,
  site: Site,
  policy: TrialInput["policy"],
): Promise<CompiledPolicy> {
  if (policy === null) return getActivePolicy(ctx, site);
  if ("source" in policy) return compilePolicy(policy.source, FACTS);
  if ("draft" in policy) return compilePolicy((await getDraft(ctx, site)).source, FACTS);
  const { source, version } = await getPolicy(ctx, site, policy.version);
  return compilePolicy(source, FACTS, version);
}
