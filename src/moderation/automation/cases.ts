import type { DecisionAction } from "../../comments/status.ts";
import type { Verdict } from "../verdict.ts";

/**
 * Where a past decision comes from. `held`: a rule held it, and moderators judge such comments as they come to them. `sampled`: a
 * random few of those that would have been decided automatically. `automatic`: all the others; that moderators looked at one
 * of these is no chance, so it stands for itself alone. `reserved`: a machine never decides it alone, whatever its score.
 */
export const STRATA = ["held", "sampled", "automatic", "reserved"] as const;
export type Stratum = (typeof STRATA)[number];

/** A past automatic decision, as far as automation goes. */
export type Case = {
  stratum: Stratum;
  /** What the policy did, or would have done with a sampled comment: which of these are sampled is for the policy to say. */
  action: DecisionAction;
  /** The scores of then, from before the model could learn the verdict; null: it abstained. */
  spam: number | null;
  toxicity: number | null;
  verdict: Verdict | null;
};

/** What the past of a site consists of. */
export type Population = Record<Stratum, number> & {
  decisions: number;
  judged: number;
  judgedSampled: number;
  /** What was decided automatically by an action of which nobody judged a sample: no case stands for it. */
  unrepresented: number;
  /** What the model had no score for, and so is never decided alone. */
  withoutScore: number;
};

export function countPopulation(cases: readonly Case[]): Population {
  const is = (stratum: Stratum) => cases.filter((one) => one.stratum === stratum);
  const judged = cases.filter(({ verdict }) => verdict !== null);
  const weights = weigh(cases);
  return {
    decisions: cases.length,
    held: is("held").length,
    sampled: is("sampled").length,
    automatic: is("automatic").length,
    reserved: is("reserved").length,
    judged: judged.length,
    judgedSampled: judged.filter(({ stratum }) => stratum === "sampled").length,
    unrepresented: is("automatic").filter((one) => one.verdict === null && weights.sampled(one.action) === 0)
      .length,
    withoutScore: cases.filter(({ spam, toxicity }) => spam === null || toxicity === null).length,
  };
}

export type Weights = {
  held: number;
  /** By what would have been done. */
  sampled: (action: DecisionAction) => number;
};

/**
 * How many decisions each judged one stands for, so that together they stand for all (post-stratification): the judged held ones
 * for all held, the judged sampled ones for all that was decided alike and nobody looked at, anything else for itself.
 */
export function weigh(cases: readonly Case[]): Weights {
  const held = { all: 0, judged: 0 };
  const unseen = new Map<DecisionAction, number>();
  const samples = new Map<DecisionAction, number>();
  for (const { stratum, action, verdict } of cases) {
    const isJudged = verdict !== null;
    held.all += Number(stratum === "held");
    held.judged += Number(stratum === "held" && isJudged);
    if (stratum === "sampled" || (stratum === "automatic" && !isJudged)) add(unseen, action);
    if (stratum === "sampled" && isJudged) add(samples, action);
  }
  return {
    held: held.judged === 0 ? 0 : held.all / held.judged,
    sampled: (action) => {
      const sampled = samples.get(action) ?? 0;
      return sampled === 0 ? 0 : (unseen.get(action) ?? 0) / sampled;
    },
  };
}

function add(counts: Map<DecisionAction, number>, action: DecisionAction): void {
  counts.set(action, (counts.get(action) ?? 0) + 1);
}

export function weightOf({ stratum, action }: Case, weights: Weights): number {
  if (stratum === "held") return weights.held;
  if (stratum === "sampled") return weights.sampled(action);
  return stratum === "automatic" ? 1 : 0;
}
