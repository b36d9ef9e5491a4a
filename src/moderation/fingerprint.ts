import { type Bands, type Sketch, sketchText } from "./sketch.ts";
import { type NormalisedText, skeletonOf } from "./text.ts";
import { unitAt } from "./text/unit-at.ts";

/** What a text is recognised by. */
export type Fingerprint = {
  /** Signed 64-bit, as a PostgreSQL `bigint`. */
  simhash: bigint;
  /**
   * To be looked up by, each a PostgreSQL `integer`: the sketch's or, without one, the SimHash's bits 0–15, 16–31, 32–47
   * and 48–63.
   */
  bands: Bands;
  /** How much of the text another shares; null for a text too short to be alike by degrees. */
  sketch: Sketch | null;
};

/**
 * Two texts are near repeats up to this Hamming distance. Of four bands at least one is then equal (of SimHash by the
 * pigeonhole; Manku, Jain, Das Sarma 2007; of sketches all but certainly: the texts share 98 in 100 pieces).
 */
export const NEAR_DISTANCE_MAX = 3;

/** With fewer trigrams a text cannot be alike by degrees: only the same words match. */
const TRIGRAMS_MIN = 20;

/** The fingerprint of a text: its SimHash and, unless it is short, its MinHash sketch. */
export function fingerprint(text: NormalisedText): Fingerprint {
  const words = skeletonOf(text);
  const hashed = hashText(text, words);
  const sketched = sketchText(text, words);
  return sketched ? { simhash: hashed.simhash, ...sketched } : { ...hashed, sketch: null };
}

type Hashed = Omit<Fingerprint, "sketch">;

/**
 * SimHash (Charikar 2002) over the character trigrams of its words with disguises undone, so
 * case, punctuation, spacing, invisible characters and look-alike letters do not count. A trigram weighs at most
 * {@link TRIGRAM_WEIGHT_MAX}, lest a repeated phrase drown the rest. Texts under {@link TRIGRAMS_MIN} get a plain hash of
 * their words instead, and texts without words ("👍👍") a hash of their characters.
 */
function hashText(text: NormalisedText, words: string): Hashed {
  if (text.skeletonWords.length === 0) return hashWhole(text.plain);
  return simHash(words) ?? hashWhole(words);
}

/** How many of the 64 bits differ. */
export function hammingDistance(a: bigint, b: bigint): number {
  const difference = BigInt.asUintN(64, a ^ b);
  return countBits(Number(difference & 0xffffffffn)) + countBits(Number(difference >> 32n));
}

const TRIGRAM_WEIGHT_MAX = 3;
const SEEN_BUCKETS = 1 << 14;

// Ones per bit, kept as binary counters that lie across the words ("bit slices"): 64 sums for the price of a few xors. These are
// one text's at a time: 16 kB anew for each would keep the collector busy.
const low = new Int32Array(32);
const high = new Int32Array(32);
const seen = new Uint8Array(SEEN_BUCKETS);

function simHash(words: string): Hashed | undefined {
  low.fill(0);
  high.fill(0);
  seen.fill(0);
  let trigrams = 0;
  let first = unitAt(words, 0);
  let second = unitAt(words, 1);
  const { length } = words;
  for (let i = 2; i < length; i++) {
    const third = unitAt(words, i);
    const mixed = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca77) ^ Math.imul(third, 0xc2b2ae3d);
    first = second;
    second = third;
    const lowBits = scramble(mixed);
    const bucket = lowBits & (SEEN_BUCKETS - 1);
    const count = seen[bucket] ?? 0;
    if (count >= TRIGRAM_WEIGHT_MAX) continue;
    seen[bucket] = count + 1;
    trigrams++;
    addOnes(low, lowBits);
    addOnes(high, scramble(mixed ^ 0x5bd1e995));
  }
  if (trigrams < TRIGRAMS_MIN) return undefined;
  return fromHalves(majority(low, trigrams), majority(high, trigrams));
}

/** The finaliser of MurmurHash3 (Appleby): every input bit reaches every output bit. */
function scramble(value: number): number {
  let h = value ^ (value >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

function addOnes(slices: Int32Array, bits: number): void {
  let carry = bits;
  for (let i = 0; carry !== 0; i++) {
    const slice = slices[i] ?? 0;
    slices[i] = slice ^ carry;
    carry &= slice;
  }
}

function majority(slices: Int32Array, total: number): number {
  let bits = 0;
  // No sum is more than the total, so the slices above it are empty.
  const last = 31 - Math.clz32(total);
  for (let bit = 0; bit < 32; bit++) {
    let ones = 0;
    for (let i = last; i >= 0; i--) ones = ones * 2 + (((slices[i] ?? 0) >>> bit) & 1);
    if (ones * 2 > total) bits |= 1 << bit;
  }
  return bits;
}

function hashWhole(text: string): Hashed {
  // Two FNV-1a hashes over the UTF-16 units, from different offsets.
  let low = 0x811c9dc5;
  let high = 0x2f0b4c47;
  for (let i = 0; i < text.length; i++) {
    low = Math.imul(low ^ unitAt(text, i), 0x01000193);
    high = Math.imul(high ^ unitAt(text, i), 0x01000193);
  }
  return fromHalves(scramble(low), scramble(high ^ text.length));
}

function fromHalves(low: number, high: number): Hashed {
  return {
    simhash: (BigInt(high) << 32n) | BigInt(low >>> 0),
    bands: [low & 0xffff, low >>> 16, high & 0xffff, high >>> 16],
  };
}

function countBits(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
