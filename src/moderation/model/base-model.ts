import { readFile } from "node:fs/promises";
import { parseWeights, type Weights } from "./weights-file.ts";

/** The model that ships with the project. Immutable. */
export type BaseModel = Weights;

const WEIGHTS_FILE = new URL("base-weights.bin", import.meta.url);
let loaded: Promise<BaseModel> | undefined;

/** Reads the weights, once per process; milliseconds. @throws when the file is damaged */
export function loadBaseModel(): Promise<BaseModel> {
  loaded ??= readFile(WEIGHTS_FILE).then(parseWeights);
  return loaded;
}
