import type { NormalisedText } from "../text.ts";

/** A word as the model reads it, with its place in `plain`. */
export type ModelWord = { text: string; start: number; end: number };

/** Words past this are not looked at. */
const WORDS_MAX = 2_000;
/** Letters of one word that are looked at: longer ones are addresses or noise. */
const WORD_UNITS_MAX = 40;

/** The words with disguises undone and spelling evened out: repeats, ё, apostrophes and digits do not matter. */
export function modelWords(text: NormalisedText): ModelWord[] {
  const words: ModelWord[] = [];
  for (const { text: written, start, end } of text.skeletonWords) {
    if (words.length >= WORDS_MAX) break;
    const read = evenOut(written);
    if (read !== "") words.push({ text: read, start, end });
  }
  return words;
}

function evenOut(word: string): string {
  let read = word.length > WORD_UNITS_MAX ? word.slice(0, WORD_UNITS_MAX) : word;
  if (UNEVEN.test(read)) {
    read = read.replace(DIGITS, (digits) => "#".repeat(Math.min(digits.length, 4)));
    read = read.replaceAll("ё", "е").replaceAll("'", "").replace(REPEATS, "$1");
  }
  return read;
}

const UNEVEN = /[\dё']|(.)\1\1/u;
const DIGITS = /\d+/gu;
const REPEATS = /(\p{L})\1{2,}/gu;
