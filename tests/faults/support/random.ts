import { randomInt } from "node:crypto";

/** Chances that a seed repeats. What the processes make of them is not repeated: they run as they run. */
export type Random = {
  /** From 0 up to 1. */
  next(): number;
  /** Whole, both ends included. */
  between(least: number, most: number): number;
  pick<T>(list: readonly [T, ...T[]]): T;
};

const SEED_MAX = 2 ** 32 - 1;

/** Of this run; set FAULT_SEED to repeat another's. */
export const SEED = Number(process.env["FAULT_SEED"] ?? randomInt(SEED_MAX));

/** A sequence of its own for each name (mulberry32). */
export function createRandom(name: string): Random {
  let state = hash(`${SEED} ${name}`);
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / (SEED_MAX + 1);
  };
  return {
    next,
    between: (least, most) => least + Math.floor(next() * (most - least + 1)),
    pick: (list) => list[Math.floor(next() * list.length)] ?? list[0],
  };
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193);
  return value;
}
