import { BUCKETS } from "./feature-set.ts";
import { minimise } from "./minimise.ts";
import { sigmoid } from "./sigmoid.ts";

/** A text's features with what they should say. */
export type Example = {
  indices: Int32Array;
  values: Float32Array;
  y: 0 | 1;
  /** 1 for an ordinary example. */
  weight: number;
  /** Log-odds known beforehand, which the fit adds to. */
  offset: number;
};

/** Log-odds: offset + Σ weight × value + bias. */
export type Fit = { weights: Float32Array; bias: number };

export type FitOptions = {
  /** L2 penalty on the weights of features scaled by their log-count ratio. */
  penalty: number;
  /** Added to the counts of each class. */
  smoothing: number;
  /** Features that keep the weight 0. */
  isFrozen?: (index: number) => boolean;
};

const ROUNDS_MAX = 40;
const NO_COLUMNS = new Int32Array();
const NO_VALUES = new Float32Array();

/**
 * Logistic regression on features scaled by their naive Bayes log-count ratio (Wang and Manning 2012), weights and ratio
 * multiplied out. Deterministic; the order of the examples matters to the last digits only.
 */
export function fitRatios(examples: readonly Example[], options: FitOptions): Fit {
  const columns = numberColumns(examples, options.isFrozen);
  const rows = examples.map(({ indices }) => indices.map((index) => columns[index] ?? 0));
  const width = columns.reduce((most, column) => Math.max(most, column), 0) + 1;
  const ratios = logCountRatios(examples, rows, width, options.smoothing);
  const scaled = examples.map(({ values }, e) => {
    const row = rows[e] ?? NO_COLUMNS;
    return values.map((value, i) => value * (ratios[row[i] ?? 0] ?? 0));
  });
  const objective = (point: Float64Array, gradient: Float64Array): number => {
    let loss = 0;
    for (let i = 0; i < width; i++) {
      const weight = point[i] ?? 0;
      loss += 0.5 * options.penalty * weight * weight;
      gradient[i] = options.penalty * weight;
    }
    gradient[width] = 0;
    examples.forEach(({ y, weight, offset }, e) => {
      const row = rows[e] ?? NO_COLUMNS;
      const values = scaled[e] ?? NO_VALUES;
      let logit = offset + (point[width] ?? 0);
      for (let i = 0; i < row.length; i++) logit += (point[row[i] ?? 0] ?? 0) * (values[i] ?? 0);
      loss += weight * (Math.log1p(Math.exp(-Math.abs(logit))) + Math.max(0, y === 1 ? -logit : logit));
      const slope = weight * (sigmoid(logit) - y);
      for (let i = 0; i < row.length; i++) {
        const column = row[i] ?? 0;
        gradient[column] = (gradient[column] ?? 0) + slope * (values[i] ?? 0);
      }
      gradient[width] = (gradient[width] ?? 0) + slope;
    });
    return loss;
  };
  const point = minimise(objective, width + 1, ROUNDS_MAX);
  const weights = new Float32Array(BUCKETS);
  for (let index = 0; index < BUCKETS; index++) {
    const column = columns[index] ?? 0;
    if (column > 0) weights[index] = (point[column] ?? 0) * (ratios[column] ?? 0);
  }
  return { weights, bias: point[width] ?? 0 };
}

/** Log-odds of a fit, without any offset. */
export function fitLogit(
  { weights, bias }: Fit,
  { indices, values }: Pick<Example, "indices" | "values">,
): number {
  let sum = bias;
  for (let i = 0; i < indices.length; i++) sum += (weights[indices[i] ?? 0] ?? 0) * (values[i] ?? 0);
  return sum;
}

/** Only features that occur get a column; 0 is that of the frozen ones, whose ratio is 0. */
function numberColumns(
  examples: readonly Example[],
  isFrozen: (index: number) => boolean = () => false,
): Int32Array {
  const columns = new Int32Array(BUCKETS);
  let next = 1;
  for (const { indices } of examples) {
    for (const index of indices) if (columns[index] === 0 && !isFrozen(index)) columns[index] = next++;
  }
  return columns;
}

function logCountRatios(
  examples: readonly Example[],
  rows: readonly Int32Array[],
  width: number,
  smoothing: number,
): Float64Array {
  const counts = [new Float64Array(width).fill(smoothing), new Float64Array(width).fill(smoothing)] as const;
  const totals: [number, number] = [2 * smoothing, 2 * smoothing];
  examples.forEach(({ y, weight }, e) => {
    totals[y] += weight;
    const ofClass = counts[y];
    for (const column of rows[e] ?? []) ofClass[column] = (ofClass[column] ?? 0) + weight;
  });
  const ratios = new Float64Array(width);
  for (let column = 1; column < width; column++) {
    const shares = (counts[1][column] ?? 0) / totals[1] / ((counts[0][column] ?? 0) / totals[0]);
    ratios[column] = Math.log(shares);
  }
  return ratios;
}
