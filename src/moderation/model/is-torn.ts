import { hashUnit } from "./feature-set.ts";
import { commonnessOf, KNOWN_SEED, type KnownWords } from "./known-words.ts";
import { unitAt } from "../text/unit-at.ts";

/** Bits of a word that nobody writes; a known one has the less the commoner it is. */
const UNKNOWN_BITS = 18;
const KNOWN_BITS = 17;
/** So many bits must be saved by taking two words for one. */
const SAVED_BITS_MIN = 10;
const LETTERS_MIN = 4;

/** How unlikely a word is, in bits; of single letters only two are words. */
export function wordBits(word: string, known: KnownWords): number {
  if (!isLatin(word) || (word.length === 1 && word !== "a" && word !== "i")) return UNKNOWN_BITS;
  const commonness = commonnessOf(known, hashOn(KNOWN_SEED, word));
  return commonness === 0 ? UNKNOWN_BITS : KNOWN_BITS - commonness;
}

type Piece = { text: string; /** As of {@link wordBits}. */ bits: number };

/**
 * Whether two neighbours are a word that was torn apart ("stu pid", "i diot"): as one it is common, as two it is unlikely.
 */
export function isTorn(first: Piece, second: Piece, known: KnownWords): boolean {
  const bits = first.bits + second.bits;
  if (bits < SAVED_BITS_MIN || !(isScrap(first) || isScrap(second))) return false;
  if (first.text.length + second.text.length < LETTERS_MIN || first.text === second.text) return false;
  if (!isLatin(first.text) || !isLatin(second.text)) return false;
  const joined = commonnessOf(known, hashOn(hashOn(KNOWN_SEED, first.text), second.text));
  return joined >= COMMONNESS_MIN && bits - (KNOWN_BITS - joined) >= SAVED_BITS_MIN;
}

const COMMONNESS_MIN = 3;
/** Compounds are written in either way ("sock puppet"): of what was torn, one piece is no word, or a short one. */
const SCRAP_UNITS_MAX = 3;

function isScrap({ text, bits }: Piece): boolean {
  return text.length <= SCRAP_UNITS_MAX || bits === UNKNOWN_BITS;
}

function isLatin(word: string): boolean {
  const first = unitAt(word, 0);
  const last = unitAt(word, word.length - 1);
  return first >= 0x61 && first <= 0x7a && last >= 0x61 && last <= 0x7a;
}

function hashOn(seed: number, word: string): number {
  let hash = seed;
  const { length } = word;
  for (let i = 0; i < length; i++) hash = hashUnit(hash, unitAt(word, i));
  return hash;
}
