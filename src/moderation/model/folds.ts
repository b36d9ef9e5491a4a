import { hashText } from "./feature-set.ts";

const SEED = 0x51ed270b;

/** The part, 0 to `folds - 1`, that a text belongs to in cross-validation; equal texts belong to the same. */
export function foldOf(text: string, folds: number): number {
  let mixed = hashText(SEED, text);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  return ((mixed ^ (mixed >>> 13)) >>> 0) % folds;
}
