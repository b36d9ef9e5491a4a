import { minimise } from "./minimise.ts";
import { sigmoid } from "./sigmoid.ts";

/** Log-odds that deserve trust: `slope × log-odds + shift`. */
export type Calibration = { slope: number; shift: number };

/**
 * Platt's scaling (1999) of log-odds that were not fitted to these labels, with a pull towards leaving them as they are that
 * a few dozen examples outweigh.
 */
export function calibrate(
  logits: readonly number[],
  labels: readonly (0 | 1)[],
  weights?: readonly number[],
): Calibration {
  const point = minimise(
    ([logSlope = 0, shift = 0], gradient) => {
      const slope = Math.exp(logSlope);
      let loss = 0.5 * PULL * (logSlope * logSlope + shift * shift);
      let bySlope = PULL * logSlope;
      let byShift = PULL * shift;
      logits.forEach((logit, i) => {
        const y = labels[i] ?? 0;
        const weight = weights?.[i] ?? 1;
        const scaled = slope * logit + shift;
        loss += weight * (Math.log1p(Math.exp(-Math.abs(scaled))) + Math.max(0, y === 1 ? -scaled : scaled));
        const error = weight * (sigmoid(scaled) - y);
        bySlope += error * slope * logit;
        byShift += error;
      });
      gradient[0] = bySlope;
      gradient[1] = byShift;
      return loss;
    },
    2,
    ROUNDS_MAX,
  );
  return { slope: Math.exp(point[0] ?? 0), shift: point[1] ?? 0 };
}

const PULL = 1;
const ROUNDS_MAX = 100;
