import { BUCKETS } from "./feature-set.ts";
import { sigmoid } from "./score.ts";

/** A text's features with what they should say. */
export type Example = {
  indices: Int32Array;
  values: Float32Array;
  y: 0 | 1;
  weight: number;
  /** Log-odds known beforehand, which the fit adds to. */
  offset: number;
};

export type Fit = { weights: Float32Array; bias: number };

export type FitOptions = { epochs: number; rate: number; decay: number; seed: number };

/** Logistic regression by AdaGrad over shuffled passes with L2 decay. The same input gives the same weights. */
export function fitLogistic(examples: readonly Example[], options: FitOptions): Fit {
  const weights = new Float32Array(BUCKETS);
  const squares = new Float32Array(BUCKETS).fill(1e-3);
  const random = seededRandom(options.seed);
  const order = examples.map((_, i) => i);
  const bias = { value: 0, squares: 1e-3 };
  for (let epoch = 0; epoch < options.epochs; epoch++) {
    shuffle(order, random);
    for (const at of order) {
      const example = examples[at];
      if (example !== undefined) step(weights, squares, bias, example, options);
    }
  }
  return { weights, bias: bias.value };
}

function step(
  weights: Float32Array,
  squares: Float32Array,
  bias: { value: number; squares: number },
  { indices, values, y, weight, offset }: Example,
  { rate, decay }: FitOptions,
): void {
  let logit = bias.value + offset;
  for (let i = 0; i < indices.length; i++) logit += (weights[indices[i] ?? 0] ?? 0) * (values[i] ?? 0);
  const gradient = (sigmoid(logit) - y) * weight;
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i] ?? 0;
    const before = weights[index] ?? 0;
    const slope = gradient * (values[i] ?? 0) + decay * before;
    const total = (squares[index] ?? 0) + slope * slope;
    squares[index] = total;
    weights[index] = before - (rate * slope) / Math.sqrt(total);
  }
  bias.squares += gradient * gradient;
  bias.value -= (rate * gradient) / Math.sqrt(bias.squares);
}

/** Numbers from 0 to below 1 that a seed determines (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Shuffles in place (Fisher and Yates). */
function shuffle(items: number[], random: () => number): void {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const item = items[i];
    const other = items[j];
    if (item === undefined || other === undefined) continue;
    items[i] = other;
    items[j] = item;
  }
}
