/** A text's probability beside what was true. */
export type Judged = { probability: number; y: 0 | 1 };

/** How good a classifier is at a threshold. Shares and scores are 0 to 1; NaN where there is nothing to measure. */
export type Measures = {
  count: number;
  positives: number;
  accuracy: number;
  precision: number;
  recall: number;
  f1: number;
  /** Matthews' correlation coefficient, -1 to 1; 0 when everything is judged alike. */
  mcc: number;
  /** Area under the ROC curve: how often a random 1 scores above a random 0. Knows no threshold. */
  auc: number;
  /** Share of the zeros that are acted on (false positive rate). */
  blockedHam: number;
  /** Share of the ones that are acted on (recall by the name of TubeSpam's paper). */
  caughtSpam: number;
  /** Expected calibration error over ten bins of equal width (Naeini et al. 2015). */
  calibrationError: number;
};

/** Measures judgements at a threshold: a probability at or above it counts as 1. */
export function measure(judged: readonly Judged[], threshold: number): Measures {
  let [hits, alarms, misses, passes] = [0, 0, 0, 0];
  for (const { probability, y } of judged) {
    if (probability >= threshold) {
      if (y === 1) hits++;
      else alarms++;
    } else if (y === 1) misses++;
    else passes++;
  }
  const recall = hits / (hits + misses);
  const spread = Math.sqrt((hits + alarms) * (hits + misses) * (passes + alarms) * (passes + misses));
  return {
    count: judged.length,
    positives: hits + misses,
    accuracy: (hits + passes) / judged.length,
    precision: hits / (hits + alarms),
    recall,
    f1: (2 * hits) / (2 * hits + alarms + misses),
    mcc: spread === 0 ? 0 : (hits * passes - alarms * misses) / spread,
    auc: areaUnderCurve(judged),
    blockedHam: alarms / (alarms + passes),
    caughtSpam: recall,
    calibrationError: calibrationError(judged),
  };
}

function areaUnderCurve(judged: readonly Judged[]): number {
  const sorted = judged.toSorted((a, b) => a.probability - b.probability);
  let ranks = 0;
  let positives = 0;
  for (let from = 0; from < sorted.length;) {
    let to = from;
    while (to < sorted.length && sorted[to]?.probability === sorted[from]?.probability) to++;
    const ones = sorted.slice(from, to).filter(({ y }) => y === 1).length;
    ranks += ones * ((from + 1 + to) / 2);
    positives += ones;
    from = to;
  }
  return (ranks - (positives * (positives + 1)) / 2) / (positives * (sorted.length - positives));
}

const BINS = 10;

function calibrationError(judged: readonly Judged[]): number {
  const bins = Array.from({ length: BINS }, () => ({ said: 0, true: 0 }));
  for (const { probability, y } of judged) {
    const bin = bins[Math.min(BINS - 1, Math.floor(probability * BINS))];
    if (bin === undefined) continue;
    bin.said += probability;
    bin.true += y;
  }
  return bins.reduce((sum, bin) => sum + Math.abs(bin.said - bin.true), 0) / judged.length;
}
