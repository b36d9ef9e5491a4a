import { createHash } from "node:crypto";
import { z } from "zod";
import { BUCKETS } from "./feature-set.ts";
import { MODEL_TASKS } from "./tasks.ts";
import type { TextSet } from "./text-set.ts";
import { parseTextSet } from "./text-set.ts";

const scaleSchema = z.object({ scale: z.number(), bias: z.number() });
const taskSchema = z.object({
  /** By script, in the order of SCRIPTS: log-odds = scale × Σ BYTE_VALUES[weight + 127] × value + bias. */
  scripts: z.array(scaleSchema),
  /** The probability from which the training data says "act". */
  threshold: z.number().min(0).max(1),
});
const headerSchema = z.object({ tasks: z.array(taskSchema).length(MODEL_TASKS.length) });
export type TaskParameters = z.infer<typeof taskSchema>;

export type Weights = {
  /** Changes whenever the weights do. */
  version: string;
  tasks: readonly TaskParameters[];
  /** The weights of bucket b for task t at `b × MODEL_TASKS.length + t`: one comment's feature is one cache line. */
  weights: Int8Array;
  /** The texts it was trained on: what it says of them proves nothing. */
  known: TextSet;
};

/**
 * What a byte of weight 127 + i stands for, times the task's scale: squares, so that small weights are kept finely and large
 * ones are not cut off.
 */
export const BYTE_VALUES = Float32Array.from(
  { length: 255 },
  (_, i) => ((i - 127) * Math.abs(i - 127)) / 16_129,
);

/** The file: magic, header's length (uint32), header (JSON), weights, fingerprints of the texts. Little-endian. */
const MAGIC = "PARLEYM3";
const HEADER_START = MAGIC.length + 4;

/** The weights as bytes; {@link parseWeights} reads them. */
export function serialiseWeights(parts: {
  tasks: readonly TaskParameters[];
  weights: Int8Array;
  known: Uint8Array;
}): Uint8Array {
  const header = new TextEncoder().encode(JSON.stringify({ tasks: parts.tasks }));
  const weightsStart = HEADER_START + header.length;
  const bytes = new Uint8Array(weightsStart + parts.weights.length + parts.known.length);
  bytes.set(new TextEncoder().encode(MAGIC));
  new DataView(bytes.buffer).setUint32(MAGIC.length, header.length, true);
  bytes.set(header, HEADER_START);
  bytes.set(new Uint8Array(parts.weights), weightsStart);
  bytes.set(parts.known, weightsStart + parts.weights.length);
  return bytes;
}

/** @throws when it is no weights file of this version of the program */
export function parseWeights(bytes: Uint8Array): Weights {
  const decoder = new TextDecoder();
  if (bytes.length < HEADER_START || decoder.decode(bytes.subarray(0, MAGIC.length)) !== MAGIC) {
    throw new Error("This is no weights file of this version of the model.");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const weightsStart = HEADER_START + view.getUint32(MAGIC.length, true);
  const weightsEnd = weightsStart + BUCKETS * MODEL_TASKS.length;
  if (bytes.length < weightsEnd) throw new Error(`The weights file is cut short: ${bytes.length} bytes.`);
  const header: unknown = JSON.parse(decoder.decode(bytes.subarray(HEADER_START, weightsStart)));
  return {
    version: createHash("sha256").update(bytes).digest("hex").slice(0, 12),
    tasks: headerSchema.parse(header).tasks,
    weights: new Int8Array(bytes.subarray(weightsStart, weightsEnd)),
    known: parseTextSet(bytes.subarray(weightsEnd)),
  };
}
