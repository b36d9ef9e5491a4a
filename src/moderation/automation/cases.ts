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
  /** What the model had no score for, and so is never decided alone. */
  withoutScore: number;
};

export function countPopulation(cases: readonly Case[]): Population {
  const population: Population = {
    decisions: cases.length,
    held: 0,
    sampled: 0,
    automatic: 0,
    reserved: 0,
    judged: 0,
    judgedSampled: 0,
    withoutScore: 0,
  };
  for (const { stratum, verdict, spam, toxicity } of cases) {
    population[stratum] += 1;
    population.judged += Number(verdict !== null);
    population.judgedSampled += Number(verdict !== null && stratum === "sampled");
    population.withoutScore += Number(spam === null || toxicity === null);
  }
  return population;
}

/**
 * How many decisions each judged one stands for, so that together they stand for all (post-stratification): the judged held ones
 * for all held, the judged sampled ones for all that was decided automatically and nobody looked at, anything else for itself.
 */
export function weightsOf(cases: readonly Case[]): Record<Stratum, number> {
  const judged = { held: 0, sampled: 0, automatic: 0, reserved: 0 };
  const all = { held: 0, sampled: 0, automatic: 0, reserved: 0 };
  for (const { stratum, verdict } of cases) {
    all[stratum] += 1;
    judged[stratum] += Number(verdict !== null);
  }
  const unseen = all.sampled + all.automatic - judged.automatic;
  return {
    held: judged.held === 0 ? 0 : all.held / judged.held,
    sampled: judged.sampled === 0 ? 0 : unseen / judged.sampled,
    automatic: 1,
    reserved: 0,
  };
}
