import { type Span, SPANS_MAX } from "../signal.ts";
import { spanInBody } from "../text.ts";
import type { BaseModel } from "./base-model.ts";
import { SCRIPTS } from "./feature-set.ts";
import type { Features } from "./features.ts";
import { isKnownLanguage } from "./known-language.ts";
import { sigmoid } from "./sigmoid.ts";
import type { SiteLayer } from "./site-layer.ts";
import { MODEL_TASKS, type ModelTask, taskIndex } from "./tasks.ts";
import { BYTE_VALUES } from "./weights-file.ts";

/** A calibrated probability, 0 to 1, that a moderator would say so. */
export type Score = { probability: number };

/** Examples after which a site's own layer is believed in a language that the base model does not know. */
const OWN_EXAMPLES_MIN = 50;

/** What the model thinks of each task; null where it abstains: no letters, or a language it does not know. */
export function scoreFeatures(
  base: BaseModel,
  layer: SiteLayer | null,
  features: Features,
): Record<ModelTask, Score | null> {
  const isKnown = isKnownLanguage(features);
  const logits = baseLogits(base, features);
  const score = (task: ModelTask): Score | null => {
    if (!isKnown && !hasOwnExamples(layer, features, task)) return null;
    const learned = layer === null ? 0 : layerLogit(layer, features, task);
    return { probability: sigmoid((logits[taskIndex(task)] ?? 0) + learned) };
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

/** The probability for one task, also without a base model; null where it abstains. */
export function probabilityOf(
  base: BaseModel | null,
  layer: SiteLayer | null,
  features: Features,
  task: ModelTask,
): number | null {
  if (base !== null && !isKnownLanguage(features) && !hasOwnExamples(layer, features, task)) return null;
  return sigmoid(logitOf(base, layer, features, task));
}

/** Log-odds of the base model and a site's layer together. */
export function logitOf(
  base: BaseModel | null,
  layer: SiteLayer | null,
  features: Features,
  task: ModelTask,
): number {
  const known = base === null ? 0 : baseLogit(base, features, task);
  return known + (layer === null ? 0 : layerLogit(layer, features, task));
}

const REASONS_MAX = Math.min(5, SPANS_MAX);
/** Log-odds that a word must have moved the score by to be a reason. */
const REASON_LOGIT_MIN = 0.2;
/** Words that moved it by less than this share of the strongest are no reasons beside it. */
const REASON_SHARE_MIN = 0.2;

/** The pieces of the body that raised a task's score most, strongest first; at most five. */
export function reasonsFor(
  base: BaseModel,
  layer: SiteLayer | null,
  features: Features,
  task: ModelTask,
): Span[] {
  const moved = movedByWord(base, layer, features, task);
  const least = Math.max(
    REASON_LOGIT_MIN,
    REASON_SHARE_MIN * moved.reduce((most, by) => Math.max(most, by), 0),
  );
  const strongest = Array.from(moved, (by, word) => ({ by, word }))
    .filter(({ by }) => by >= least)
    .toSorted((a, b) => b.by - a.by || a.word - b.word)
    .slice(0, REASONS_MAX)
    .flatMap(({ word }) => features.words[word] ?? []);
  return joinNeighbours(features.text.plain, strongest).map(({ start, end }) =>
    spanInBody(features.text, start, end),
  );
}

/** Pieces with no space between them are one: the parts of a link, of a compound. */
function joinNeighbours(plain: string, pieces: readonly Span[]): Span[] {
  const joined: Span[] = [];
  for (const { start, end } of pieces) {
    const near = joined.find(
      (other) =>
        !plain.slice(Math.min(start, other.start), Math.max(end, other.end)).includes(" ") ||
        (start < other.end && other.start < end),
    );
    if (near === undefined) joined.push({ start, end });
    else [near.start, near.end] = [Math.min(near.start, start), Math.max(near.end, end)];
  }
  return joined;
}

/** Log-odds by the word they came from; what came from two is shared. */
function movedByWord(
  base: BaseModel,
  layer: SiteLayer | null,
  features: Features,
  task: ModelTask,
): Float64Array {
  const { indices, values, firstWords, lastWords } = features;
  const moved = new Float64Array(features.words.length);
  const { scale } = parametersOf(base, features, task);
  const learned = layer?.tasks[taskIndex(task)]?.weights;
  for (let i = 0; i < indices.length; i++) {
    const first = firstWords[i] ?? -1;
    const last = lastWords[i] ?? -1;
    if (first < 0) continue;
    const index = indices[i] ?? 0;
    const byte = base.weights[index * MODEL_TASKS.length + taskIndex(task)] ?? 0;
    const weight = scale * (BYTE_VALUES[byte + 127] ?? 0) + (learned?.get(index) ?? 0);
    const share = (weight * (values[i] ?? 0)) / (last - first + 1);
    for (let word = first; word <= last; word++) moved[word] = (moved[word] ?? 0) + share;
  }
  return moved;
}

/** Log-odds of the base model for one task. */
export function baseLogit(base: BaseModel, features: Features, task: ModelTask): number {
  const { indices, values } = features;
  const { scale, bias } = parametersOf(base, features, task);
  const { weights } = base;
  const place = taskIndex(task);
  let sum = 0;
  for (let i = 0; i < indices.length; i++) {
    const byte = weights[(indices[i] ?? 0) * MODEL_TASKS.length + place] ?? 0;
    sum += (BYTE_VALUES[byte + 127] ?? 0) * (values[i] ?? 0);
  }
  return scale * sum + bias;
}

/** The same for all tasks in one pass over the features: each is one cache line of weights. */
function baseLogits(base: BaseModel, { indices, values, script }: Features): number[] {
  const { weights } = base;
  let [spam, toxic, insult, threat, identityAttack, obscene] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < indices.length; i++) {
    const at = (indices[i] ?? 0) * MODEL_TASKS.length;
    const value = values[i] ?? 0;
    spam += value * (BYTE_VALUES[(weights[at] ?? 0) + 127] ?? 0);
    toxic += value * (BYTE_VALUES[(weights[at + 1] ?? 0) + 127] ?? 0);
    insult += value * (BYTE_VALUES[(weights[at + 2] ?? 0) + 127] ?? 0);
    threat += value * (BYTE_VALUES[(weights[at + 3] ?? 0) + 127] ?? 0);
    identityAttack += value * (BYTE_VALUES[(weights[at + 4] ?? 0) + 127] ?? 0);
    obscene += value * (BYTE_VALUES[(weights[at + 5] ?? 0) + 127] ?? 0);
  }
  const place = SCRIPTS.indexOf(script);
  return [spam, toxic, insult, threat, identityAttack, obscene].map((sum, task) => {
    const { scale, bias } = base.tasks[task]?.scripts[place] ?? NOTHING;
    return scale * sum + bias;
  });
}

/** Log-odds that a site's moderators added. */
function layerLogit(layer: SiteLayer, { indices, values }: Features, task: ModelTask): number {
  const part = layer.tasks[taskIndex(task)];
  if (part === undefined || part.examples === 0) return 0;
  let sum = part.bias;
  for (let i = 0; i < indices.length; i++) sum += part.weights.get(indices[i] ?? 0) * (values[i] ?? 0);
  return sum;
}

function hasOwnExamples(layer: SiteLayer | null, { words }: Features, task: ModelTask): boolean {
  return words.length > 0 && (layer?.tasks[taskIndex(task)]?.examples ?? 0) >= OWN_EXAMPLES_MIN;
}

const NOTHING = { scale: 0, bias: 0 };

function parametersOf(
  base: BaseModel,
  { script }: Features,
  task: ModelTask,
): { scale: number; bias: number } {
  return base.tasks[taskIndex(task)]?.scripts[SCRIPTS.indexOf(script)] ?? NOTHING;
}
