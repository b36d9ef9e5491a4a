import { type BaseModel } from "./base-model.ts";
import { type Calibration, calibrate } from "./calibrate.ts";
import { chooseThreshold } from "./choose-threshold.ts";
import type { Features } from "./features.ts";
import { type Example, type Fit, fitLogit, fitRatios } from "./fit.ts";
import { foldOf } from "./folds.ts";
import { baseLogit } from "./score.ts";
import { sigmoid } from "./sigmoid.ts";
import type { ModelTask } from "./tasks.ts";

/** A text's features with what a person said. */
export type Judgement = { features: Features; y: 0 | 1 };

/** A model fitted to many judgements at once, on top of a base model or on nothing. */
export type BatchModel = {
  probabilityOf(features: Features): number;
  /** The probability from which to act, chosen by cross-validation on the judgements. */
  threshold: number;
};

/** How far the base model's log-odds are believed beside judgements of one's own. */
const BASE_SHARE = 0.5;
const OPTIONS = { penalty: 0.05, smoothing: 1 };
const FOLDS = 10;

/** Fits a task to judgements; deterministic. With fewer than a few dozen, ask the base alone. */
export function fitBatch(
  base: BaseModel | null,
  task: ModelTask,
  judgements: readonly Judgement[],
): BatchModel {
  const offsetOf = (features: Features) => (base === null ? 0 : BASE_SHARE * baseLogit(base, features, task));
  const examples = judgements.map(({ features, y }) => ({
    ...features,
    y,
    weight: 1,
    offset: offsetOf(features),
    fold: foldOf(features.text.plain, FOLDS),
  }));
  const outside = crossLogits(examples);
  const labels = examples.map(({ y }) => y);
  const calibration = calibrate(outside, labels);
  const fit = fitRatios(examples, OPTIONS);
  const threshold = chooseThreshold(
    task,
    outside.map((logit, i) => ({ probability: scaled(calibration, logit), y: labels[i] ?? 0 })),
  );
  return {
    probabilityOf: (features) => scaled(calibration, offsetOf(features) + fitLogit(fit, features)),
    threshold,
  };
}

/** For each example the log-odds by a fit that saw neither it nor its like. */
function crossLogits(examples: readonly (Example & { fold: number })[]): number[] {
  const fits: Fit[] = Array.from({ length: FOLDS }, (_, fold) =>
    fitRatios(
      examples.filter((example) => example.fold !== fold),
      OPTIONS,
    ),
  );
  return examples.map((example) => {
    const fit = fits[example.fold];
    return example.offset + (fit === undefined ? 0 : fitLogit(fit, example));
  });
}

function scaled({ slope, shift }: Calibration, logit: number): number {
  return sigmoid(slope * logit + shift);
}
