/** log2 of the number of buckets that features are hashed into. */
const BUCKET_BITS = 18;
export const BUCKETS = 1 << BUCKET_BITS;
/** More features of one text are not looked at: about 4,000 letters. */
const FEATURES_MAX = 12_288;
/** Slots of the table that finds repeated features; a power of two above {@link FEATURES_MAX}. */
const SEEN_SLOTS = 32_768;

/** The different features of a text, gathered in arrays that are used again for the next text. */
export class FeatureSet {
  count = 0;
  readonly indices = new Int32Array(FEATURES_MAX);
  readonly firstWords = new Int16Array(FEATURES_MAX);
  readonly lastWords = new Int16Array(FEATURES_MAX);
  readonly #seen = new Int32Array(SEEN_SLOTS);
  readonly #rounds = new Int32Array(SEEN_SLOTS);
  #round = 0;

  clear(): void {
    this.count = 0;
    this.#round++;
  }

  /** Adds a feature by its hash, once, with the first and last word (by number) it came from; -1 for none. */
  add(hash: number, firstWord: number, lastWord: number): void {
    const index = mix(hash) >>> (32 - BUCKET_BITS);
    let slot = (index * 7) & (SEEN_SLOTS - 1);
    while (this.#rounds[slot] === this.#round) {
      if (this.#seen[slot] === index) return;
      slot = (slot + 1) & (SEEN_SLOTS - 1);
    }
    const { count } = this;
    if (count >= FEATURES_MAX) return;
    this.#rounds[slot] = this.#round;
    this.#seen[slot] = index;
    this.indices[count] = index;
    this.firstWords[count] = firstWord;
    this.lastWords[count] = lastWord;
    this.count = count + 1;
  }
}

const FNV_PRIME = 0x01000193;

/** One step of FNV-1a, over UTF-16 units instead of bytes. */
export function hashUnit(hash: number, unit: number): number {
  return Math.imul(hash ^ unit, FNV_PRIME);
}

/** The hash of a text, begun with a seed that keeps kinds of features apart. */
export function hashText(seed: number, text: string): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) hash = hashUnit(hash, text.charCodeAt(i));
  return hash;
}

/** Spreads a hash over all its bits (the finaliser of MurmurHash3). */
function mix(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
