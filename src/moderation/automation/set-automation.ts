import type { Context } from "../../context.ts";
import { AppError, type FieldProblem } from "../../errors.ts";
import type { Automation, AutomationTarget, AutomationThreshold } from "../../sites/automation.ts";
import { type Site, siteNotFound } from "../../sites/site.ts";
import { saveAutomation } from "../../sites/save-automation.ts";
import { CHOICE_LIMITS, choosePoint } from "./choose.ts";
import { computeCurve } from "./curve.ts";
import { readPastCases } from "./read-cases.ts";

/**
 * Sets how often moderators must have agreed with what the model then decides alone, and works out the thresholds; the same call
 * again works them out anew. Null for both: nothing is decided alone. In force at once here, within a second elsewhere.
 * @throws AppError `conflict` (`too_few_cases`, `agreement_not_reached`) naming the wish that cannot be met; nothing is changed.
 */
export async function setAutomation(
  ctx: Context,
  { site, target, by }: { site: Site; target: AutomationTarget; by: string },
): Promise<Automation | null> {
  const isOff = target.publishAgreement === null && target.spamAgreement === null;
  const automation = isOff ? null : await workOut(ctx, site, target, by);
  if (automation) refuseUnmet(automation);
  if (!(await saveAutomation(ctx, site.key, automation))) throw siteNotFound();
  return automation;
}

async function workOut(ctx: Context, site: Site, target: AutomationTarget, by: string): Promise<Automation> {
  const at = ctx.clock.now().toISOString();
  return {
    ...target,
    ...(await workOutThresholds(ctx, site.id, target)),
    chosenBy: by,
    chosenAt: at,
    computedAt: at,
  };
}

const NONE: AutomationThreshold = { value: null, stopped: null, cases: 0 };

export async function workOutThresholds(
  ctx: Context,
  siteId: number,
  { publishAgreement, spamAgreement, assurance }: AutomationTarget,
): Promise<Pick<Automation, "publishBelow" | "spamFrom">> {
  const cases = await readPastCases(ctx, siteId);
  const choose = (automated: "publish" | "spam", wanted: number | null) =>
    wanted === null ? NONE : choosePoint(computeCurve(automated, cases), wanted, assurance);
  return { publishBelow: choose("publish", publishAgreement), spamFrom: choose("spam", spamAgreement) };
}

function refuseUnmet({ publishBelow, spamFrom }: Automation): void {
  const unmet = { publishAgreement: publishBelow, spamAgreement: spamFrom };
  const stopped = Object.entries(unmet).flatMap(([path, { stopped: reason, cases }]) =>
    reason === null ? [] : [{ path, reason, cases }],
  );
  const [first] = stopped;
  if (!first) return;
  const fields = stopped.map(({ path, reason, cases }): FieldProblem => ({
    path,
    message: SAID[reason](cases),
  }));
  throw new AppError("conflict", fields[0]?.message ?? "", {
    reason: first.reason,
    fields,
    details: { cases: first.cases, casesMin: CHOICE_LIMITS.casesMin },
  });
}

const SAID = {
  too_few_cases: (cases: number) =>
    `Moderators have decided on ${cases} comments that the model has scores for; ${CHOICE_LIMITS.casesMin} are needed at least.`,
  agreement_not_reached: () => "There is no threshold at which moderators agreed so often.",
} as const;
