import { readFileSync } from "node:fs";
import { hashUnit, mix } from "./feature-set.ts";
import { unitAt } from "../text/unit-at.ts";

/**
 * Which words people write, and how commonly: a table of 16 bits a place, 12 of them of the word's hash, so that about one in
 * 3,000 others seems to be in it. It says which reading of a disguise is a word; no text and no word can be read from it.
 */
export type KnownWords = { places: Uint16Array };

/** A power of two; a third of them are taken. */
const PLACES = 65_536;
const COMMONNESS_BITS = 4;
const COMMONNESS_MAX = 15;
/** Words of fewer texts are mostly names and slips of the pen. */
const TEXTS_MIN = 2;
/** Longer words are seldom disguised. */
export const KNOWN_UNITS_MAX = 24;
export const KNOWN_SEED = 0x2b3e1f75;

/** The table of words, from the number of texts that each is in. */
export function makeKnownWords(counts: ReadonlyMap<string, number>): KnownWords {
  const known = { places: new Uint16Array(PLACES) };
  const common = Array.from(counts)
    .filter(([word, texts]) => texts >= TEXTS_MIN && word.length <= KNOWN_UNITS_MAX)
    // The commoner keeps its place should two words look the same; the rest makes the order the same everywhere.
    .toSorted(([a, textsOfA], [b, textsOfB]) => textsOfB - textsOfA || (a < b ? -1 : 1));
  for (const [word, texts] of common) {
    let hash = KNOWN_SEED;
    for (let i = 0; i < word.length; i++) hash = hashUnit(hash, unitAt(word, i));
    const place = placeOf(known, hash);
    if (known.places[place] !== 0) continue;
    const commonness = Math.min(COMMONNESS_MAX, Math.floor(Math.log2(texts)));
    known.places[place] = tagOf(mix(hash)) | commonness;
  }
  return known;
}

/** How common a word is: the binary logarithm of the number of training texts with it, 1 to 15; 0 for an unknown one. */
export function commonness(known: KnownWords, word: string): number {
  if (word.length > KNOWN_UNITS_MAX) return 0;
  let hash = KNOWN_SEED;
  const { length } = word;
  for (let i = 0; i < length; i++) hash = hashUnit(hash, unitAt(word, i));
  return commonnessOf(known, hash);
}

/** The same by the hash, which begins with {@link KNOWN_SEED} and takes each unit by `hashUnit`. */
export function commonnessOf(known: KnownWords, hash: number): number {
  return (known.places[placeOf(known, hash)] ?? 0) & COMMONNESS_MAX;
}

/** Where a word stands, or would. */
function placeOf({ places }: KnownWords, hash: number): number {
  const mixed = mix(hash);
  const tag = tagOf(mixed);
  let place = mixed & (PLACES - 1);
  while (places[place] !== 0 && ((places[place] ?? 0) & TAG_BITS) !== tag) place = (place + 1) & (PLACES - 1);
  return place;
}

const TAG_BITS = 0xffff & ~COMMONNESS_MAX;

/** Of other bits than the place. */
function tagOf(mixed: number): number {
  return (mixed >>> (32 - 16 + COMMONNESS_BITS)) << COMMONNESS_BITS;
}

/** The file: the places, little-endian. */
export function serialiseKnownWords({ places }: KnownWords): Uint8Array {
  const bytes = new Uint8Array(places.length * 2);
  const view = new DataView(bytes.buffer);
  places.forEach((place, i) => view.setUint16(i * 2, place, true));
  return bytes;
}

/** @throws when it is no such file */
export function parseKnownWords(bytes: Uint8Array): KnownWords {
  if (bytes.length !== PLACES * 2) throw new Error(`The file of known words has ${bytes.length} bytes.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return { places: Uint16Array.from({ length: PLACES }, (_, i) => view.getUint16(i * 2, true)) };
}

/** Those of the training texts: what ships with the project. Read with the program, as the lexicon is; under a millisecond. */
export const KNOWN_WORDS = parseKnownWords(readFileSync(new URL("known-words.bin", import.meta.url)));
