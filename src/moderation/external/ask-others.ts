import type { Context } from "../../context.ts";
import type { Decision } from "../decide.ts";
import type { Evidence } from "../signal.ts";
import type { ActiveCheck } from "./active-checks.ts";
import { SKIPPED_FACT, SKIPPED_FACT_VERSION } from "./adapters/index.ts";
import { askCheck } from "./ask-check.ts";
import type { AskedComment } from "./external-check.ts";

/** From the first question of a batch to its last answer; what has none by then does without. Half of a worker's lease. */
export const ASKING_MS_MAX = 15_000;

const NONE: readonly ActiveCheck[] = [];

/**
 * Which of a site's checks to ask about a comment, after its own policy has spoken. What that calls spam or rejects is settled,
 * and tells nobody anything.
 */
export function checksToAsk(
  checks: readonly ActiveCheck[],
  evidence: readonly Evidence[],
  decision: Decision,
): readonly ActiveCheck[] {
  if (checks.length === 0) return NONE;
  const { action } = decision.sampled ?? decision;
  if (action === "spam" || action === "reject") return NONE;
  return checks.filter(
    ({ options: { enabled, when, band } }) => enabled && (when === "always" || isUncertain(evidence, band)),
  );
}

const SCORES = ["spam.score", "toxicity.score"];

/** A score within the band, or one that the model does not give: it does not know this language, or is down. */
function isUncertain(evidence: readonly Evidence[], { min, max }: { min: number; max: number }): boolean {
  return SCORES.some((score) => {
    const value = evidence.find(({ name }) => name === score)?.value;
    return typeof value !== "number" || (value >= min && value <= max);
  });
}

/** Asks all of them at once. @throws AppError `unavailable` when the store is away */
export async function askOthers(
  ctx: Context,
  checks: readonly ActiveCheck[],
  comment: AskedComment,
  untilMs: number,
): Promise<Evidence[]> {
  const asked = await Promise.all(checks.map((active) => askCheck(ctx, active, comment, untilMs)));
  const evidence = asked.flatMap((one) => one.evidence);
  const skipped = checks.flatMap(({ check }, index) => {
    const reason = asked[index]?.skipped ?? null;
    return reason === null ? [] : [[check.name, reason] as const];
  });
  if (skipped.length === 0) return evidence;
  const value = skipped.map(([name]) => name);
  const detail = { reasons: Object.fromEntries(skipped) };
  return [
    ...evidence,
    { name: SKIPPED_FACT, version: SKIPPED_FACT_VERSION, state: "ok" as const, value, detail },
  ];
}
