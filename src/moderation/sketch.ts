import { findLinks } from "./text/links.ts";
import { type NormalisedText, skeletonOf } from "./text.ts";
import { unitAt } from "./text/unit-at.ts";

/**
 * A MinHash sketch (Broder 1997; one permutation: Li, Owen, Zhang 2012) of the five-letter pieces of a text: how many bytes
 * of two sketches agree estimates which share of their pieces the texts have in common. 0 stands for an empty bin.
 */
export type Sketch = Uint8Array;

/** What texts are looked up by: like ones share one of the four. */
export type Bands = readonly [number, number, number, number];

/** A sketch and what texts like it are looked up by. */
export type SketchedText = {
  sketch: Sketch;
  /** Signed 32-bit each; texts alike by 80 % share one of the four in 94 of 100 cases, unrelated ones hardly ever. */
  bands: Bands;
};

/**
 * Texts are of one campaign from this similarity on. Measured (tests/moderation/sketch.test.ts): of comments spun from one
 * text 98 in 100 find another; of unrelated ones, none.
 */
export const NEAR_SIMILARITY_MIN = 0.6;

/** Bytes of a sketch; the estimate's standard error is then some 6 points. */
const SKETCH_BINS = 60;
const PIECE_UNITS = 5;
/** Each group's least hash is one MinHash; three of them make a band. */
const GROUP_BINS = 5;
const GROUPS_PER_BAND = 3;
/**
 * Shorter texts ("Thank you for this article!") are written alike by people who know nothing of each other. In UTF-16 units
 * of the words, links and numbers as one; letters that are syllables or words count twice.
 */
const TELLING_UNITS_MIN = 40;

/**
 * The sketch of a text, disguises undone. Links and numbers count as being there, not as what they are: those are what a
 * spun text changes first. Undefined for a text that is too short.
 */
export function sketchText(text: NormalisedText, skeleton = skeletonOf(text)): SketchedText | undefined {
  const masked = maskText(text, skeleton);
  if (!isTelling(masked)) return undefined;
  const least = leastHashes(masked);
  const sketch = new Uint8Array(SKETCH_BINS);
  // 255 values, and 0 for an empty bin.
  for (let bin = 0; bin < SKETCH_BINS; bin++) {
    const value = least[bin] ?? EMPTY;
    sketch[bin] = value === EMPTY ? 0 : 1 + ((scramble(value) >>> 0) % 255);
  }
  return { sketch, bands: [bandOf(least, 0), bandOf(least, 1), bandOf(least, 2), bandOf(least, 3)] };
}

/** The estimated share, 0 to 1, of the pieces of two texts that they have in common (Jaccard). */
export function similarity(a: Sketch, b: Sketch): number {
  let same = 0;
  let filled = 0;
  for (let bin = 0; bin < SKETCH_BINS; bin++) {
    const value = a[bin] ?? 0;
    const other = b[bin] ?? 0;
    if (value === 0 && other === 0) continue;
    filled++;
    if (value === other) same++;
  }
  return filled === 0 ? 0 : same / filled;
}

/** What no piece hashes to, but for one in four thousand million. */
const EMPTY = 0xffffffff;
const LINK = "~";

function maskText(text: NormalisedText, skeleton: string): string {
  const masked = maskLinks(text, skeleton);
  return MAY_HOLD_NUMBER.test(masked) ? masked.replaceAll(NUMBER, "0") : masked;
}

function maskLinks(text: NormalisedText, skeleton: string): string {
  const { links, addresses } = findLinks(text);
  if (links.length === 0 && addresses.length === 0) return skeleton;
  const places = [...links, ...addresses].toSorted((a, b) => a.start - b.start);
  const parts: string[] = [];
  let next = 0;
  for (const word of text.skeletonWords) {
    for (let place = places[next]; place !== undefined && place.end <= word.start; place = places[++next]) {
      parts.push(LINK);
    }
    if ((places[next]?.start ?? Infinity) >= word.end) parts.push(word.text);
  }
  for (; next < places.length; next++) parts.push(LINK);
  return parts.join(" ");
}

/** Most texts have no digit, and letters of theirs alone. */
const MAY_HOLD_NUMBER = /[0-9\u0660-\uffff]/;
const NUMBER = /\p{Nd}+/gu;
/** The first of those whose letters are syllables or words: Hangul, kana, Han and what stands between. */
const DENSE_FROM = 0x1100;

function isTelling(masked: string): boolean {
  let units = masked.length;
  const { length } = masked;
  for (let at = 0; at < length && units < TELLING_UNITS_MIN; at++) {
    if (unitAt(masked, at) >= DENSE_FROM) units++;
  }
  return units >= TELLING_UNITS_MIN;
}

/** One text's at a time. */
const least = new Uint32Array(SKETCH_BINS);

/** The least hash of each bin, a text's pieces being dealt to the bins by the upper half of theirs; until the next text's. */
function leastHashes(masked: string): Uint32Array {
  least.fill(EMPTY);
  let [first, second, third, fourth] = [0, 1, 2, 3].map((at) => unitAt(masked, at));
  const { length } = masked;
  for (let at = PIECE_UNITS - 1; at < length; at++) {
    const fifth = unitAt(masked, at);
    const mixed =
      Math.imul(first ?? 0, 0x9e3779b1) ^
      Math.imul(second ?? 0, 0x85ebca77) ^
      Math.imul(third ?? 0, 0xc2b2ae3d) ^
      Math.imul(fourth ?? 0, 0x27d4eb2f) ^
      Math.imul(fifth, 0x165667b1);
    first = second;
    second = third;
    third = fourth;
    fourth = fifth;
    const value = scramble(mixed) >>> 0;
    const bin = ((value >>> 16) * SKETCH_BINS) >>> 16;
    if (value < (least[bin] ?? 0)) least[bin] = value;
  }
  return least;
}

function bandOf(least: Uint32Array, band: number): number {
  let hash = 0x2f0b4c47 + band;
  for (let group = band * GROUPS_PER_BAND; group < (band + 1) * GROUPS_PER_BAND; group++) {
    let min: number = EMPTY;
    for (let bin = group * GROUP_BINS; bin < (group + 1) * GROUP_BINS; bin++) {
      min = Math.min(min, least[bin] ?? EMPTY);
    }
    hash = scramble(Math.imul(hash, 0x01000193) ^ min);
  }
  return hash | 0;
}

/** The finaliser of MurmurHash3 (Appleby): every input bit reaches every output bit. */
function scramble(value: number): number {
  let h = value ^ (value >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}
