import type { KnownWords } from "./known-words.ts";
import { readKnownWord } from "./read-known-word.ts";

/** A star that stands for one letter of a word. */
const MASKED = /^[a-z]+\*[a-z]+$/u;
/** Rarer words are not what was meant. */
const COMMONNESS_MIN = 5;

/** The commonest word that a piece with one star among its letters may be: "th*t". */
export function fillMask(piece: string, known: KnownWords): { text: string; commonness: number } | undefined {
  if (!MASKED.test(piece)) return undefined;
  const places = Array.from(piece, (sign) => ({
    letters: sign === "*" ? ALPHABET : sign,
    isRepeated: false,
  }));
  const read = readKnownWord(places, known);
  return read !== undefined && read.commonness >= COMMONNESS_MIN ? read : undefined;
}

const ALPHABET = "abcdefghijklmnopqrstuvwxyz";
