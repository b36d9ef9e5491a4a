import type { NormalisedText } from "../text.ts";
import { evenRepeats } from "./even-repeats.ts";
import { isTorn, wordBits } from "./is-torn.ts";
import { joinPieces } from "./join-pieces.ts";
import { KNOWN_WORDS, type KnownWords } from "./known-words.ts";
import { type ModelWord, WORD_UNITS_MAX } from "./model-word.ts";
import { partSpelledOut } from "./part-spelled-out.ts";
import { readChunks } from "./read-chunks.ts";
import { unitAt } from "../text/unit-at.ts";

/** Words past this are not looked at. */
export const WORDS_MAX = 2_000;

/**
 * The words with disguises undone and spelling evened out: repeats, ё, apostrophes and digits do not matter. Where a disguise
 * can be read in several ways, the known words decide.
 */
export function modelWords(text: NormalisedText, known: KnownWords = KNOWN_WORDS): ModelWord[] {
  const words: ModelWord[] = [];
  let bitsBefore = 0;
  for (const written of readWords(text, known)) {
    if (words.length >= WORDS_MAX) break;
    const { start, end } = written;
    let read = evenOut(written.text, known);
    if (read === "") continue;
    const bits = wordBits(read, known);
    const before = words.at(-1);
    const isNear = before !== undefined && start - before.end === 1;
    if (isNear && isTorn({ text: before.text, bits: bitsBefore }, { text: read, bits }, known)) {
      read = before.text + read;
      words[words.length - 1] = { text: read, start: before.start, end };
      bitsBefore = wordBits(read, known);
    } else {
      words.push({ text: read, start, end });
      bitsBefore = bits;
    }
  }
  return words;
}

function evenOut(word: string, known: KnownWords): string {
  const read = word.length > WORD_UNITS_MAX ? word.slice(0, WORD_UNITS_MAX) : word;
  if (!isUneven(read)) return read;
  const letters = read
    .replace(DIGIT_IN_HANGUL, "")
    .replace(DIGITS, (digits) => "#".repeat(Math.min(digits.length, 4)))
    .replaceAll("ё", "е")
    .replaceAll("'", "");
  return evenRepeats(letters, known);
}

/** Whether there is a digit, an apostrophe, a ё, a repeat or more than one double in a word: most have none. */
function isUneven(word: string): boolean {
  let before = 0;
  let run = 1;
  let doubles = 0;
  const { length } = word;
  for (let i = 0; i < length; i++) {
    const unit = unitAt(word, i);
    run = unit === before ? run + 1 : 1;
    if (run === 2) doubles++;
    if (unit <= 0x39 || unit === YO || run > 2 || doubles > 1) return true;
    // Digits of other scripts.
    if (unit >= 0x660 && unit < 0xe00) return true;
    before = unit;
  }
  return false;
}

const YO = 0x451;
/** "시1발". Of "3월1일" too little is lost to matter. */
const DIGIT_IN_HANGUL = /(?<=[가-힣])\d(?=[가-힣])/gu;
const DIGITS = /\d+/gu;

/** The words with those pieces replaced that can be read as something else than they seem. */
function readWords(text: NormalisedText, known: KnownWords): readonly ModelWord[] {
  const readings = [...joinPieces(text.skeletonWords), ...readChunks(text, known)];
  const skeletonWords =
    text.skeletonWords === text.words
      ? text.words
      : text.skeletonWords.flatMap((word) => partSpelledOut(word, known));
  if (readings.length === 0) return skeletonWords;
  readings.sort((a, b) => a.start - b.start || b.end - a.end);
  const words: ModelWord[] = [];
  let next = 0;
  let after = 0;
  for (const word of skeletonWords) {
    while (next < readings.length && (readings[next]?.start ?? 0) < word.end) {
      const reading = readings[next++];
      if (reading === undefined || reading.start < after) continue;
      words.push(reading);
      after = reading.end;
    }
    if (word.start >= after) words.push(word);
  }
  words.push(...readings.slice(next).filter(({ start }) => start >= after));
  return words;
}
