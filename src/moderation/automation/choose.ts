import type { AutomationStop, AutomationTarget, AutomationThreshold } from "../../sites/automation.ts";
import type { Share } from "../wilson.ts";
import type { CurvePoint } from "./curve.ts";

export const CHOICE_LIMITS = {
  /** Judged comments that a threshold must rest on: a hundred without an error still only say "above 96 %". */
  casesMin: 100,
  /** From so many judged ones among those held until now, these must agree by themselves, too. */
  heldCasesMin: 30,
} as const;

/** The farthest point of a curve that meets an agreement, or why there is none. */
export function choosePoint(
  points: readonly CurvePoint[],
  wanted: number,
  assurance: AutomationTarget["assurance"],
): AutomationThreshold {
  const known = points.filter(({ cases }) => cases >= CHOICE_LIMITS.casesMin);
  const met = known.findLast((point) => meets(point, wanted, assurance));
  if (met) return { value: met.threshold, stopped: null, cases: met.cases };
  const stopped: AutomationStop = known.length === 0 ? "too_few_cases" : "agreement_not_reached";
  return { value: null, stopped, cases: points.at(-1)?.cases ?? 0 };
}

/**
 * The agreement must be met twice: among all that would be decided alone, and among those held until now. These are what nobody
 * would see any more; what the policy decides alone already is mostly easy, and would hide errors among them.
 */
function meets(
  { agreement, held }: CurvePoint,
  wanted: number,
  assurance: AutomationTarget["assurance"],
): boolean {
  const isMet = (share: Share) => (assurance === "observed" ? share.value : share.low) >= wanted;
  if (!isMet(agreement)) return false;
  return held.agreement === null || held.cases < CHOICE_LIMITS.heldCasesMin || isMet(held.agreement);
}
