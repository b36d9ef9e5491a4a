import type { ModelTask } from "./tasks.ts";

import type { Judged } from "./measure.ts";

/** What blocking one innocent comment costs, in missed ones. */
const INNOCENT_COSTS: Readonly<Record<ModelTask, number>> = {
  spam: 2,
  toxic: 1,
  insult: 1,
  threat: 1,
  identityAttack: 1,
  obscene: 1,
};
const GRID = 200;
/** Costs within a hundredth differ by chance: the middle of that valley moves less than its lowest point. */
const SAME_COST = 1.01;

/** The probability from which to act that would have cost least on texts the fit had not seen. */
export function chooseThreshold(task: ModelTask, judged: readonly Judged[]): number {
  const cost = INNOCENT_COSTS[task];
  const costs = Array.from({ length: GRID - 1 }, (_, i) => {
    const threshold = (i + 1) / GRID;
    return judged.reduce((sum, { probability, y }) => {
      const isActed = probability >= threshold;
      if (isActed === (y === 1)) return sum;
      return sum + (isActed ? cost : 1);
    }, 0);
  });
  const least = Math.min(...costs);
  const best = costs.flatMap((sum, i) => (sum <= SAME_COST * least ? [(i + 1) / GRID] : []));
  return best[Math.floor(best.length / 2)] ?? 0.5;
}
