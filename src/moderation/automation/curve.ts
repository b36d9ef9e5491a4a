import { agrees } from "../verdict.ts";
import { type Share, wilsonOf, wilsonShare } from "../wilson.ts";
import { type Case, weigh, weightOf } from "./cases.ts";

export const AUTOMATED = ["publish", "spam"] as const;
export type Automated = (typeof AUTOMATED)[number];

/** What would be if everything up to a threshold were decided by the model alone. */
export type CurvePoint = {
  /** Publish what scores below it; mark as spam what scores so much or more. */
  threshold: number;
  /** Of all decisions, what would be decided alone; and of what is held, so much less work. */
  share: number;
  heldShare: number;
  /** Judged comments among them, and how many moderators decided otherwise. */
  cases: number;
  errors: number;
  /** Agreement among all that would be decided alone, each case weighed by what it stands for. */
  agreement: Share;
  /** Agreement among those held until now, which nobody would look at any more; null: none is judged. */
  held: { cases: number; agreement: Share | null };
};

/**
 * The curve of automatic share against agreement, with a point at every score where it changes; the strictest first. The
 * interval of weighted cases is that of as many equal ones as they are worth (L. Kish, Survey Sampling, 1965: (Σw)² / Σw²).
 */
export function computeCurve(automated: Automated, cases: readonly Case[]): CurvePoint[] {
  const weights = weigh(cases);
  const heldInAll = cases.filter(({ stratum }) => stratum === "held").length;
  const ranked = rank(automated, cases);
  const points: CurvePoint[] = [];
  const sums = {
    all: 0,
    held: 0,
    cases: 0,
    errors: 0,
    heldCases: 0,
    heldErrors: 0,
    weight: 0,
    wrong: 0,
    squares: 0,
  };
  for (const [index, { one, score }] of ranked.entries()) {
    sums.all += 1;
    if (one.stratum === "held") sums.held += 1;
    if (one.verdict !== null) {
      const weight = weightOf(one, weights);
      const isError = !agrees(automated, one.verdict);
      sums.cases += 1;
      sums.errors += Number(isError);
      sums.heldCases += Number(one.stratum === "held");
      sums.heldErrors += Number(isError && one.stratum === "held");
      sums.weight += weight;
      sums.wrong += isError ? weight : 0;
      sums.squares += weight * weight;
    }
    const next = ranked[index + 1]?.score;
    if (next === score || sums.weight === 0) continue;
    const agreement = wilsonShare(1 - sums.wrong / sums.weight, sums.weight ** 2 / sums.squares);
    if (!agreement) continue;
    points.push({
      threshold: thresholdBetween(automated, score, next),
      share: sums.all / cases.length,
      heldShare: heldInAll === 0 ? 0 : sums.held / heldInAll,
      cases: sums.cases,
      errors: sums.errors,
      agreement,
      held: { cases: sums.heldCases, agreement: wilsonOf(sums.heldCases - sums.heldErrors, sums.heldCases) },
    });
  }
  return points;
}

type Ranked = { one: Case; score: number };

/** What could be decided alone, the surest first. To publish, no score may speak against it; so the worst counts. */
function rank(automated: Automated, cases: readonly Case[]): Ranked[] {
  const ranked: Ranked[] = [];
  for (const one of cases) {
    const score = scoreOf(automated, one);
    if (score !== null && one.stratum !== "reserved") ranked.push({ one, score });
  }
  return ranked.toSorted((a, b) => (automated === "publish" ? a.score - b.score : b.score - a.score));
}

function scoreOf(automated: Automated, { spam, toxicity }: Case): number | null {
  if (automated === "spam") return spam;
  return spam === null || toxicity === null ? null : Math.max(spam, toxicity);
}

/** Halfway to the next score, so that neither of them is on the edge. */
function thresholdBetween(automated: Automated, score: number, next: number | undefined): number {
  if (automated === "publish") return (score + (next ?? 1)) / 2 + (next === undefined && score >= 1 ? 1 : 0);
  return next === undefined ? score : (score + next) / 2;
}

/** Points for a picture: at most so many, evenly spaced, the last among them. */
export function thin<Point>(points: readonly Point[], max: number): Point[] {
  if (points.length <= max) return [...points];
  return Array.from({ length: max }, (_, n) => {
    const index = Math.round(((n + 1) * points.length) / max) - 1;
    return points.slice(index, index + 1);
  }).flat();
}
