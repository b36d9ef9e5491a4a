import { createHash } from "node:crypto";
import { BUCKETS } from "./feature-set.ts";
import { MODEL_TASKS } from "./tasks.ts";

/** Log-odds of a task: `scale × (Σ weight × value) + bias`, calibrated. */
export type TaskParameters = { scale: number; bias: number };

export type Weights = {
  /** Changes whenever the weights do. */
  version: string;
  tasks: readonly TaskParameters[];
  /** The weights of bucket b for task t at `b × MODEL_TASKS.length + t`: one comment's feature is one cache line. */
  weights: Int8Array;
};

const MAGIC = "PARLEYM1";
const HEADER_BYTES = 8 + MODEL_TASKS.length * 16;

/** The weights as bytes; {@link parseWeights} reads them. */
export function serialiseWeights(tasks: readonly TaskParameters[], weights: Int8Array): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + weights.length);
  bytes.set(new TextEncoder().encode(MAGIC));
  const view = new DataView(bytes.buffer);
  tasks.forEach(({ scale, bias }, task) => {
    view.setFloat64(8 + task * 16, scale, true);
    view.setFloat64(8 + task * 16 + 8, bias, true);
  });
  bytes.set(new Uint8Array(weights.buffer, weights.byteOffset, weights.length), HEADER_BYTES);
  return bytes;
}

/** @throws when it is no weights file of this version of the program */
export function parseWeights(bytes: Uint8Array): Weights {
  const expected = HEADER_BYTES + BUCKETS * MODEL_TASKS.length;
  if (bytes.length !== expected || new TextDecoder().decode(bytes.subarray(0, 8)) !== MAGIC) {
    throw new Error(`The model's weights file is damaged: ${bytes.length} bytes instead of ${expected}.`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const tasks = MODEL_TASKS.map((_, task) => ({
    scale: view.getFloat64(8 + task * 16, true),
    bias: view.getFloat64(8 + task * 16 + 8, true),
  }));
  const version = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  return { version, tasks, weights: new Int8Array(bytes.subarray(HEADER_BYTES)) };
}
