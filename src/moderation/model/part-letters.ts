import { hashUnit } from "./feature-set.ts";
import { commonnessOf, KNOWN_SEED, KNOWN_UNITS_MAX, type KnownWords } from "./known-words.ts";
import { unitAt } from "../text/unit-at.ts";

/** Letters past this are not parted. */
const LETTERS_MAX = 1_000;
/** Costs in bits: a word's is the less the commoner it is, a letter that belongs to none costs as much as a rare word. */
const WORD_COST = 17;
const STRAY_COST = 17;
/** Of the letters that stand for something by themselves only these are words. */
const ONE_LETTER_WORDS = new Set("aiu");

/** English words that were run together ("youareanidiot"), by the likeliest way to part them (Viterbi); undefined when they are none. */
export function partLetters(letters: string, known: KnownWords): string[] | undefined {
  const length = letters.length;
  if (length > LETTERS_MAX) return undefined;
  const costs = new Float64Array(length + 1).fill(Infinity);
  const starts = new Int32Array(length + 1);
  costs[0] = 0;
  for (let from = 0; from < length; from++) {
    const before = costs[from] ?? Infinity;
    let hash = KNOWN_SEED;
    for (let end = from + 1; end <= Math.min(length, from + KNOWN_UNITS_MAX); end++) {
      hash = hashUnit(hash, unitAt(letters, end - 1));
      const isWord = end - from > 1 || ONE_LETTER_WORDS.has(letters[from] ?? "");
      const commonness = isWord ? commonnessOf(known, hash) : 0;
      const cost =
        before + (commonness > 0 ? WORD_COST - commonness : end - from === 1 ? STRAY_COST : Infinity);
      if (cost >= (costs[end] ?? Infinity)) continue;
      costs[end] = cost;
      starts[end] = from;
    }
  }
  const words: string[] = [];
  for (let end = length; end > 0; end = starts[end] ?? 0) words.unshift(letters.slice(starts[end], end));
  return words.length * LETTERS_PER_WORD_MIN <= length ? words : undefined;
}

/** Letters that happen to spell short words are no text. */
const LETTERS_PER_WORD_MIN = 2;
