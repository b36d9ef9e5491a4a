import { unitAt } from "../text/unit-at.ts";

/** Buckets that features are hashed into: one region per script, so that languages do not disturb each other. */
export const REGIONS = {
  latin: { start: 0, size: 155_000 },
  cyrillic: { start: 155_000, size: 68_000 },
  hangul: { start: 223_000, size: 32_000 },
  /** Scripts without training data, and what style says in any script. */
  other: { start: 255_000, size: 3_000 },
  /** Authors and hosts: mostly sites teach what they are worth. */
  names: { start: 258_000, size: 4_144 },
} as const;
export type Region = (typeof REGIONS)[keyof typeof REGIONS];
/** What a text is mostly written in; the order is that of the weights file. */
export const SCRIPTS = ["latin", "cyrillic", "hangul", "other"] as const;
export type Script = (typeof SCRIPTS)[number];
export const BUCKETS = 262_144;
/** More features of one text are not looked at: about 4,000 letters. */
const FEATURES_MAX = 12_288;
/** Slots of the table that finds repeated features; powers of two, the most above {@link FEATURES_MAX}. */
const SEEN_SLOTS_MIN = 1_024;
const SEEN_SLOTS_MAX = 32_768;

/** The different features of a text, gathered in arrays that are used again for the next text. */
export class FeatureSet {
  count = 0;
  readonly indices = new Int32Array(FEATURES_MAX);
  readonly firstWords = new Int16Array(FEATURES_MAX);
  readonly lastWords = new Int16Array(FEATURES_MAX);
  /** Which index was seen, and in which round, side by side. */
  readonly #seen = new Int32Array(SEEN_SLOTS_MAX * 2);
  #round = 0;

  #slots = SEEN_SLOTS_MIN;

  /** Makes room for about so many features: a small table stays in the cache. */
  clear(expected: number): void {
    this.#slots = SEEN_SLOTS_MIN;
    while (this.#slots < SEEN_SLOTS_MAX && this.#slots < 2 * expected) this.#slots *= 2;
    this.count = 0;
    this.#round = (this.#round + 1) | 0;
  }

  /** Adds a feature by its hash, once, with the first and last word (by number) it came from; -1 for none. */
  add(hash: number, region: Region, firstWord: number, lastWord: number): void {
    this.addBucket(bucketOf(hash, region), firstWord, lastWord);
  }

  /** The same by its bucket. */
  addBucket(index: number, firstWord: number, lastWord: number): void {
    const seen = this.#seen;
    const last = this.#slots * 2 - 1;
    let slot = ((index ^ (index >>> 9)) << 1) & last;
    // Twice as many slots as features are expected; should there be more, the rest is left out.
    let left = this.#slots;
    while (seen[slot + 1] === this.#round) {
      if (seen[slot] === index) return;
      slot = (slot + 2) & last;
      if (--left === 0) return;
    }
    const { count } = this;
    if (count >= FEATURES_MAX) return;
    seen[slot] = index;
    seen[slot + 1] = this.#round;
    this.indices[count] = index;
    this.firstWords[count] = firstWord;
    this.lastWords[count] = lastWord;
    this.count = count + 1;
  }
}

/** Where a feature of a region belongs, by its hash. */
export function bucketOf(hash: number, region: Region): number {
  return region.start + Math.floor(((mix(hash) >>> 0) / 4_294_967_296) * region.size);
}

const FNV_PRIME = 0x01000193;

/** One step of FNV-1a, over UTF-16 units instead of bytes. */
export function hashUnit(hash: number, unit: number): number {
  return Math.imul(hash ^ unit, FNV_PRIME);
}

/** The hash of a text, begun with a seed that keeps kinds of features apart. */
export function hashText(seed: number, text: string): number {
  let hash = seed;
  const { length } = text;
  for (let i = 0; i < length; i++) hash = hashUnit(hash, unitAt(text, i));
  return hash;
}

/** Spreads a hash over all its bits (the finaliser of MurmurHash3). */
export function mix(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
