import { AppError } from "../../errors.ts";
import { normaliseText } from "../text.ts";
import type { BaseModel } from "./base-model.ts";
import { fitBatch, type Judgement } from "./batch-model.ts";
import { chooseThreshold } from "./choose-threshold.ts";
import { extractFeatures } from "./features.ts";
import { KNOWN_WORDS, type KnownWords } from "./known-words.ts";
import type { Judged } from "./measure.ts";
import type { EvaluationRow } from "./read-rows.ts";
import { probabilityOf } from "./score.ts";
import { emptySiteLayer, learnExample } from "./site-layer.ts";
import { type ModelTask, taskIndex } from "./tasks.ts";
import { isInTextSet } from "./text-set.ts";

export type EvaluateInput = {
  task: ModelTask;
  /** Null to start from nothing. */
  base: BaseModel | null;
  train: readonly EvaluationRow[];
  test: readonly EvaluationRow[];
  /** Learns one by one as production does, and from each test row after it was judged. */
  isOnline: boolean;
  /** Instead of the one that the training data suggests. */
  threshold?: number;
  /** Instead of the words that ship with the project, for a base model that was trained by others. */
  known?: KnownWords;
};

export type Evaluation = {
  threshold: number;
  /** Where the threshold comes from. */
  thresholdFrom: "given" | "base" | "train";
  /** Rows that were learned from. */
  learned: number;
  /** Training rows left out because the base model knows them: they would count twice. */
  knownTrain: number;
  /** Test rows that the base model was trained on: what it says of them proves nothing. */
  knownTest: number;
  /** One for each test row; null where the model abstains, which counts as probability `abstained`. */
  judged: (Judged & { lang: string; isAbstained: boolean })[];
};

/** When the base model knows more of the training rows than this, it was trained on that file. */
const KNOWN_SHARE_MAX = 0.5;
/** Fewer rows than this, or fewer of either label than {@link LABEL_ROWS_MIN}, choose no threshold. */
const TRAIN_ROWS_MIN = 40;
const LABEL_ROWS_MIN = 8;

/** Trains on some rows and judges others; pure, and the same every time. @throws AppError when there is nothing to judge by */
export function evaluate(input: EvaluateInput): Evaluation {
  const { task, base, isOnline } = input;
  if (base === null && input.train.length === 0) {
    throw new AppError("invalid_input", "Without the base model there must be rows to train on.");
  }
  const toJudgement = judgementBy(input.known ?? KNOWN_WORDS);
  const all = input.train.map(toJudgement);
  const unknown = all.filter(({ features }) => !isKnown(base, features.text.plain));
  // A text in common ("Check this out!") is no matter; a file in common is.
  const train = unknown.length < all.length * (1 - KNOWN_SHARE_MAX) ? unknown : all;
  const test = input.test.map(toJudgement);
  const model = isOnline ? learnOneByOne(task, base, train) : learnAtOnce(task, base, train);
  const threshold = input.threshold ?? model.threshold ?? baseThreshold(base, task);
  return {
    threshold,
    thresholdFrom: input.threshold !== undefined ? "given" : model.threshold === undefined ? "base" : "train",
    learned: train.length,
    knownTrain: all.length - train.length,
    knownTest: test.filter(({ features }) => isKnown(base, features.text.plain)).length,
    judged: test.map((judgement, i) => {
      const probability = model.judge(judgement);
      const lang = input.test[i]?.lang ?? "?";
      return { probability: probability ?? 0, isAbstained: probability === null, y: judgement.y, lang };
    }),
  };
}

/** Judges a text (null when it abstains), and may learn from it. */
type Judge = { judge(judgement: Judgement): number | null; threshold: number | undefined };

function learnAtOnce(task: ModelTask, base: BaseModel | null, train: readonly Judgement[]): Judge {
  if (!isEnough(train)) {
    if (base === null)
      throw new AppError(
        "invalid_input",
        `To start from nothing takes ${TRAIN_ROWS_MIN} rows, ${LABEL_ROWS_MIN} of each label.`,
      );
    return { judge: ({ features }) => probabilityOf(base, null, features, task), threshold: undefined };
  }
  const model = fitBatch(base, task, train);
  return { judge: ({ features }) => model.probabilityOf(features), threshold: model.threshold };
}

function learnOneByOne(task: ModelTask, base: BaseModel | null, train: readonly Judgement[]): Judge {
  const layer = emptySiteLayer();
  const judge = ({ features, y }: Judgement): number | null => {
    const probability = probabilityOf(base, layer, features, task);
    learnExample(base, layer, features, { task, y, weight: 1 });
    return probability;
  };
  const foretold = train.map((judgement) => ({ probability: judge(judgement) ?? 0, y: judgement.y }));
  return { judge, threshold: isEnough(train) ? chooseThreshold(task, foretold) : undefined };
}

function isEnough(train: readonly Judgement[]): boolean {
  const ones = train.filter(({ y }) => y === 1).length;
  return train.length >= TRAIN_ROWS_MIN && ones >= LABEL_ROWS_MIN && train.length - ones >= LABEL_ROWS_MIN;
}

function baseThreshold(base: BaseModel | null, task: ModelTask): number {
  return base?.tasks[taskIndex(task)]?.threshold ?? 0.5;
}

function isKnown(base: BaseModel | null, plain: string): boolean {
  return base !== null && isInTextSet(base.known, plain);
}

function judgementBy(known: KnownWords): (row: EvaluationRow) => Judgement {
  return ({ text, author, website, y }) => ({
    features: extractFeatures({ text: normaliseText(text), name: author, website }, known),
    y,
  });
}
