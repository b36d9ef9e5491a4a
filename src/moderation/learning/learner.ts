import type { BaseModel } from "../model/base-model.ts";
import { extractFeatures, type Features } from "../model/features.ts";
import { logitOf } from "../model/score.ts";
import { sigmoid } from "../model/sigmoid.ts";
import { learnExample, type SiteLayer } from "../model/site-layer.ts";
import { MODEL_TASKS, type ModelTask, taskIndex } from "../model/tasks.ts";
import { normaliseText } from "../text.ts";
import type { Example, ExampleText, LearnedExample } from "./example.ts";
import { lessonsOf } from "./lessons.ts";
import { createRehearsal, type Rehearsal } from "./rehearse.ts";
import { createWeigher } from "./weigh.ts";

/** Takes a site's examples in, in their order. The outcome depends on nothing else. */
export type Learner = {
  /** Changed by {@link take}. */
  readonly layer: SiteLayer;
  /** Goes past an example that the layer has taken in before. */
  pass(example: LearnedExample): void;
  /** Comments that were passed and whose texts are needed, for {@link recall}, before anything is taken in. */
  missing(): string[];
  recall(commentId: string, text: ExampleText): void;
  take(example: Example, text: ExampleText): LearnedExample;
};

/** Where the model was nearly right it has nothing to learn: most of what is published leaves no trace. */
const ERROR_MIN = 0.05;
/** Up to here model and moderator agree. */
const AGREED_ERROR_MAX = 0.5;

/** What goes against what others have shown uses up its moderator's allowance so many times as fast. */
const CONTESTED_FACTOR = 10;

/** Goes on from a layer that has taken in the examples which will be passed, or from an empty one. */
export function createLearner(base: BaseModel, layer: SiteLayer): Learner {
  const weigher = createWeigher();
  const rehearsal = createRehearsal(base);
  return {
    layer,
    pass(example) {
      weigher.weigh(example);
      weigher.account(example, example.influence);
      rehearsal.remember(example, fromMask(example.agreed), null);
    },
    missing: () => rehearsal.missing(),
    recall: (commentId, text) => rehearsal.fill(commentId, read(text)),
    take(example, text) {
      const weight = weigher.weigh(example);
      const learned = takeIn({ base, layer, rehearsal }, { example, features: read(text), weight });
      weigher.account(example, learned.influence);
      return learned;
    },
  };
}

function read({ body, name, website }: ExampleText): Features {
  return extractFeatures({ text: normaliseText(body), name, website });
}

type Taken = { example: Example; features: Features; weight: number };

/** Also what the model abstains from: that is how it comes to know a language that the base does not. */
function takeIn(
  { base, layer, rehearsal }: { base: BaseModel; layer: SiteLayer; rehearsal: Rehearsal },
  { example, features, weight }: Taken,
): LearnedExample {
  if (features.words.length === 0) return { ...example, influence: 0, agreed: 0 };
  const agreed: ModelTask[] = [];
  let influence = 0;
  for (const { task, y } of lessonsOf(example)) {
    const error = Math.abs(y - sigmoid(logitOf(base, layer, features, task)));
    if (error < AGREED_ERROR_MAX) agreed.push(task);
    if (error < ERROR_MIN || weight === 0) continue;
    learnExample(base, layer, features, { task, y, weight });
    const isContested = rehearsal.protect(layer, { task, y, moderator: example.moderator });
    influence = Math.max(influence, weight * error * (isContested ? CONTESTED_FACTOR : 1));
  }
  // What does not count does not bear witness either.
  const witnessed = weight === 0 ? [] : agreed;
  rehearsal.remember(example, witnessed, features);
  return { ...example, influence, agreed: toMask(witnessed) };
}

function toMask(tasks: readonly ModelTask[]): number {
  return tasks.reduce((mask, task) => mask | (1 << taskIndex(task)), 0);
}

function fromMask(mask: number): ModelTask[] {
  return MODEL_TASKS.filter((task) => (mask & (1 << taskIndex(task))) !== 0);
}
