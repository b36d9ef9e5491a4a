import { SparseWeights } from "./sparse-weights.ts";
import { MODEL_TASKS, type ModelTask, taskIndex } from "./tasks.ts";
import type { BaseModel } from "./base-model.ts";
import type { Features } from "./features.ts";
import { logitOf } from "./score.ts";
import { sigmoid } from "./sigmoid.ts";

/** What one site's moderators taught, per task, on top of the base model. */
export type SiteLayer = { tasks: TaskLayer[] };
type TaskLayer = {
  weights: SparseWeights;
  bias: number;
  /** Examples it has seen. */
  examples: number;
};

/** One thing a moderator taught: `y` 1 means that the task's name fits the comment. */
export type Lesson = {
  task: ModelTask;
  y: 0 | 1;
  /** 0 (not at all) to 1. */
  weight: number;
};

const LEARNING_RATE = 3;
/** The most that one example of weight 1 moves its own log-odds. */
const STEP_MAX = 1.5;
/** Bounds of one feature's weight and of the bias. */
const WEIGHT_MAX = 4;
const BIAS_MAX = 2;
const BIAS_RATE = 0.1;

export function emptySiteLayer(): SiteLayer {
  return { tasks: MODEL_TASKS.map(() => ({ weights: new SparseWeights(), bias: 0, examples: 0 })) };
}

/**
 * One step of online logistic regression (AdaGrad) on top of the base, in place. Deterministic: the same examples in the
 * same order give the same layer, bit for bit. One example never moves its own log-odds by more than {@link STEP_MAX}.
 */
export function learnExample(
  base: BaseModel | null,
  layer: SiteLayer,
  features: Features,
  lesson: Lesson,
): void {
  const { task, y, weight } = lesson;
  const part = layer.tasks[taskIndex(task)];
  if (part === undefined || !(weight > 0)) return;
  const logit = logitOf(base, layer, features, task);
  const gradient = (y - sigmoid(logit)) * Math.min(1, weight);
  const { indices, values } = features;
  const { weights } = part;
  part.examples++;
  let moved = 0;
  for (let i = 0; i < indices.length; i++) {
    const slot = weights.slotOf(indices[i] ?? 0);
    const value = values[i] ?? 0;
    const slope = gradient * value;
    moved += (Math.abs(slope) * value) / Math.sqrt(1 + weights.squaresAt(slot));
  }
  const rate = Math.min(LEARNING_RATE, STEP_MAX / Math.max(moved, 1e-9));
  for (let i = 0; i < indices.length; i++) {
    const slot = weights.slotOf(indices[i] ?? 0);
    const slope = gradient * (values[i] ?? 0);
    const squares = weights.squaresAt(slot);
    const next = weights.weightAt(slot) + (rate * slope) / Math.sqrt(1 + squares);
    weights.set(slot, clamp(next, WEIGHT_MAX), squares + slope * slope);
  }
  part.bias = clamp(part.bias + BIAS_RATE * gradient, BIAS_MAX);
}

function clamp(value: number, most: number): number {
  return Math.max(-most, Math.min(most, value));
}

const MAGIC = 0x31_4c_53_50;
const ENTRY_BYTES = 12;

/** The layer as bytes, the same for the same layer. */
export function serialiseSiteLayer(layer: SiteLayer): Uint8Array {
  const parts = layer.tasks.map((part) => ({ ...part, entries: part.weights.entries() }));
  const size = parts.reduce((sum, { entries }) => sum + 16 + entries.length * ENTRY_BYTES, 4);
  const view = new DataView(new ArrayBuffer(size));
  view.setUint32(0, MAGIC, true);
  let at = 4;
  for (const { entries, bias, examples } of parts) {
    view.setUint32(at, entries.length, true);
    view.setUint32(at + 4, examples, true);
    view.setFloat64(at + 8, bias, true);
    at += 16;
    for (const { key, weight, squares } of entries) {
      view.setUint32(at, key, true);
      view.setFloat32(at + 4, weight, true);
      view.setFloat32(at + 8, squares, true);
      at += ENTRY_BYTES;
    }
  }
  return new Uint8Array(view.buffer);
}

/** @throws when the bytes are none of {@link serialiseSiteLayer} */
export function parseSiteLayer(bytes: Uint8Array): SiteLayer {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < 4 || view.getUint32(0, true) !== MAGIC) throw new Error("This is no site layer.");
  let at = 4;
  const layer = emptySiteLayer();
  for (const part of layer.tasks) {
    const count = view.getUint32(at, true);
    part.examples = view.getUint32(at + 4, true);
    part.bias = view.getFloat64(at + 8, true);
    at += 16;
    for (let i = 0; i < count; i++, at += ENTRY_BYTES) {
      const slot = part.weights.slotOf(view.getUint32(at, true));
      part.weights.set(slot, view.getFloat32(at + 4, true), view.getFloat32(at + 8, true));
    }
  }
  return layer;
}
