/** A function and its gradient at a point; writes the gradient and returns the value. */
export type Objective = (point: Float64Array, gradient: Float64Array) => number;

const PAIRS_MAX = 6;
const HALVINGS_MAX = 20;
/** Sufficient decrease (Armijo). */
const DECREASE_MIN = 1e-4;
/** A round that gains less than this share of the value is the last. */
const GAIN_MIN = 1e-4;

type Pair = { step: Float64Array; change: Float64Array; inverse: number };

/** L-BFGS (Nocedal 1980) from the origin: the point where a smooth convex function is least, nearly. Deterministic. */
export function minimise(objective: Objective, dimensions: number, roundsMax: number): Float64Array {
  let point = new Float64Array(dimensions);
  let gradient = new Float64Array(dimensions);
  let value = objective(point, gradient);
  const pairs: Pair[] = [];
  for (let round = 0; round < roundsMax; round++) {
    const direction = descentDirection(gradient, pairs);
    const slope = dot(gradient, direction);
    if (slope >= 0) break;
    const next = new Float64Array(dimensions);
    const nextGradient = new Float64Array(dimensions);
    let length = pairs.length === 0 ? Math.min(1, 1 / Math.sqrt(-slope)) : 1;
    let nextValue = Infinity;
    for (let halving = 0; halving < HALVINGS_MAX; halving++, length /= 2) {
      for (let i = 0; i < dimensions; i++) next[i] = at(point, i) + length * at(direction, i);
      nextValue = objective(next, nextGradient);
      if (nextValue <= value + DECREASE_MIN * length * slope) break;
    }
    if (nextValue >= value) break;
    remember(pairs, { point, gradient, next, nextGradient });
    const gain = value - nextValue;
    point = next;
    gradient = nextGradient;
    value = nextValue;
    if (gain < GAIN_MIN * Math.abs(value)) break;
  }
  return point;
}

function descentDirection(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const direction = gradient.map((slope) => -slope);
  const factors: number[] = [];
  for (const { step, change, inverse } of pairs.toReversed()) {
    const factor = inverse * dot(step, direction);
    factors.push(factor);
    addScaled(direction, change, -factor);
  }
  const last = pairs.at(-1);
  if (last !== undefined) {
    const scale = 1 / (last.inverse * dot(last.change, last.change));
    for (let i = 0; i < direction.length; i++) direction[i] = at(direction, i) * scale;
  }
  for (const { step, change, inverse } of pairs) {
    const factor = (factors.pop() ?? 0) - inverse * dot(change, direction);
    addScaled(direction, step, factor);
  }
  return direction;
}

function remember(
  pairs: Pair[],
  move: { point: Float64Array; gradient: Float64Array; next: Float64Array; nextGradient: Float64Array },
): void {
  const step = move.next.map((value, i) => value - at(move.point, i));
  const change = move.nextGradient.map((value, i) => value - at(move.gradient, i));
  const curvature = dot(step, change);
  if (curvature <= 1e-12) return;
  pairs.push({ step, change, inverse: 1 / curvature });
  if (pairs.length > PAIRS_MAX) pairs.shift();
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += at(a, i) * at(b, i);
  return sum;
}

function addScaled(to: Float64Array, from: Float64Array, factor: number): void {
  for (let i = 0; i < to.length; i++) to[i] = at(to, i) + factor * at(from, i);
}

function at(values: Float64Array, index: number): number {
  return values[index] ?? 0;
}
