import { type Span, SPANS_MAX } from "../signal.ts";
import { spanInBody } from "../text.ts";
import type { BaseModel } from "./base-model.ts";
import type { Features } from "./features.ts";
import type { SiteLayer } from "./site-layer.ts";
import { MODEL_TASKS, type ModelTask, taskIndex } from "./tasks.ts";

/** A calibrated probability, 0 to 1, that a moderator would say so. */
export type Score = { probability: number };

/** What the model thinks of each task; null where it does not know: no letters, or a script it was not trained on. */
export function scoreFeatures(
  base: BaseModel,
  layer: SiteLayer | null,
  features: Features,
): Record<ModelTask, Score | null> {
  const isKnown = knows(features);
  const score = (task: ModelTask): Score | null => {
    if (!isKnown) return null;
    const learned = layer === null ? 0 : layerLogit(layer, features, task);
    return { probability: sigmoid(baseLogit(base, features, task) + learned) };
  };
  return {
    spam: score("spam"),
    toxic: score("toxic"),
    insult: score("insult"),
    threat: score("threat"),
    identityAttack: score("identityAttack"),
    obscene: score("obscene"),
  };
}

const REASONS_MAX = Math.min(5, SPANS_MAX);
/** Log-odds that a word must have moved the score by to be a reason. */
const REASON_LOGIT_MIN = 0.15;

/** The pieces of the body that raised a task's score most, strongest first. */
export function reasonsFor(
  base: BaseModel,
  layer: SiteLayer | null,
  features: Features,
  task: ModelTask,
): Span[] {
  const moved = new Float64Array(features.words.length);
  const { indices, values, firstWords, lastWords } = features;
  const { scale } = parametersOf(base, task);
  const learned = layer?.tasks[taskIndex(task)]?.weights;
  for (let i = 0; i < indices.length; i++) {
    const first = firstWords[i] ?? -1;
    const last = lastWords[i] ?? -1;
    if (first < 0) continue;
    const index = indices[i] ?? 0;
    const weight =
      scale * (base.weights[index * MODEL_TASKS.length + taskIndex(task)] ?? 0) + (learned?.get(index) ?? 0);
    const share = (weight * (values[i] ?? 0)) / (last - first + 1);
    for (let word = first; word <= last; word++) moved[word] = (moved[word] ?? 0) + share;
  }
  return Array.from(moved, (by, word) => ({ by, word }))
    .filter(({ by }) => by >= REASON_LOGIT_MIN)
    .toSorted((a, b) => b.by - a.by || a.word - b.word)
    .slice(0, REASONS_MAX)
    .flatMap(({ word }) => features.words[word] ?? [])
    .map(({ start, end }) => spanInBody(features.text, start, end));
}

/** Log-odds of the base model. */
export function baseLogit(base: BaseModel, { indices, values }: Features, task: ModelTask): number {
  const { scale, bias } = parametersOf(base, task);
  const { weights } = base;
  const offset = taskIndex(task);
  let sum = 0;
  for (let i = 0; i < indices.length; i++) {
    sum += (weights[(indices[i] ?? 0) * MODEL_TASKS.length + offset] ?? 0) * (values[i] ?? 0);
  }
  return scale * sum + bias;
}

/** Log-odds that a site's moderators added. */
export function layerLogit(layer: SiteLayer, { indices, values }: Features, task: ModelTask): number {
  const part = layer.tasks[taskIndex(task)];
  if (part === undefined || part.examples === 0) return 0;
  let sum = part.bias;
  for (let i = 0; i < indices.length; i++) sum += part.weights.get(indices[i] ?? 0) * (values[i] ?? 0);
  return sum;
}

export function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

function parametersOf(base: BaseModel, task: ModelTask): { scale: number; bias: number } {
  return base.tasks[taskIndex(task)] ?? { scale: 0, bias: 0 };
}

const KNOWN_LETTER = /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Hangul}]/u;

function knows({ words }: Features): boolean {
  let known = 0;
  for (const { text } of words) if (KNOWN_LETTER.test(text)) known++;
  return known > 0 && known * 2 >= words.length;
}
