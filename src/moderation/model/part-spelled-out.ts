import type { KnownWords } from "./known-words.ts";
import { kindsOf, WORTH_HIDING } from "./lexicon.ts";
import { type ModelWord, WORD_UNITS_MAX } from "./model-word.ts";
import { partLetters } from "./part-letters.ts";

/** Letters before a spelled-out word that are words of their own: "ты и п и д о р". */
const STRAYS_MAX = 2;

/** What was spelled out letter by letter may be several words, or have strays before it. */
export function partSpelledOut(word: ModelWord, known: KnownWords): ModelWord[] {
  const { text, start, end } = word;
  const isSpelledOut = text.length > STRAYS_MAX && end - start >= 2 * text.length - 1;
  if (!isSpelledOut) return [word];
  // Only of English are enough words known.
  if (LATIN.test(text)) return placed(word, partLetters(text, known) ?? [text]);
  if (text.length > WORD_UNITS_MAX) return [word];
  for (let at = STRAYS_MAX; at <= text.length - STRAYS_MAX; at++) {
    const [first, second] = [text.slice(0, at), text.slice(at)];
    if (isWorthHiding(first) && isWorthHiding(second)) return placed(word, [first, second]);
  }
  for (let strays = 0; strays <= STRAYS_MAX; strays++) {
    const rest = text.slice(strays);
    if (isWorthHiding(rest)) return [{ text: rest, start: start + 2 * strays, end }];
  }
  return [word];
}

const LATIN = /^[a-z]+$/u;

function isWorthHiding(word: string): boolean {
  return (kindsOf(word) & WORTH_HIDING) !== 0;
}

/** The parts with their places: letters that were spelled out lie two apart. */
function placed({ start, end }: ModelWord, parts: readonly string[]): ModelWord[] {
  let at = start;
  return parts.map((text, i) => {
    const from = at;
    at += 2 * text.length;
    return { text, start: from, end: i === parts.length - 1 ? end : at - 1 };
  });
}
