import { findLinks } from "../text/links.ts";
import type { NormalisedText } from "../text.ts";
import { composeJamo } from "./compose-jamo.ts";
import { joinPieces } from "./join-pieces.ts";
import { kindsOf, type LexiconScript, WORTH_HIDING } from "./lexicon.ts";
import { readDisguise } from "./read-disguise.ts";

/** A word as the model reads it, with its place in `plain`. */
export type ModelWord = { text: string; start: number; end: number };

/** Words past this are not looked at. */
const WORDS_MAX = 2_000;
/** Letters of one word that are looked at: longer ones are addresses or noise. */
export const WORD_UNITS_MAX = 40;
/** Disguised pieces past this are taken as they are. */
const READINGS_MAX = 40;

/** The words with disguises undone and spelling evened out: repeats, ё, apostrophes and digits do not matter. */
export function modelWords(text: NormalisedText): ModelWord[] {
  const words: ModelWord[] = [];
  for (const { text: written, start, end } of readWords(text)) {
    if (words.length >= WORDS_MAX) break;
    const read = evenOut(written);
    if (read !== "") words.push({ text: read, start, end });
  }
  return words;
}

function evenOut(word: string): string {
  let read = word.length > WORD_UNITS_MAX ? word.slice(0, WORD_UNITS_MAX) : word;
  if (isUneven(read)) {
    read = read
      .replace(DIGIT_IN_HANGUL, "")
      .replace(DIGITS, (digits) => "#".repeat(Math.min(digits.length, 4)));
    read = read.replaceAll("ё", "е").replaceAll("'", "").replace(REPEATS, "$1");
  }
  return read;
}

/** Whether there is a digit, an apostrophe, a ё or a repeat in a word: most have none. */
function isUneven(word: string): boolean {
  let before = 0;
  let run = 1;
  for (let i = 0; i < word.length; i++) {
    const unit = word.charCodeAt(i);
    run = unit === before ? run + 1 : 1;
    if (unit <= 0x39 || unit === YO || run > 2) return true;
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
const REPEATS = /(\p{L})\1{2,}/gu;

/** The words with those pieces replaced that can be read as something worth hiding. */
function readWords(text: NormalisedText): readonly ModelWord[] {
  const readings = joinPieces(text.skeletonWords);
  if (SUSPICIOUS.test(text.plain)) readings.push(...readChunks(text));
  const skeletonWords =
    text.skeletonWords === text.words ? text.words : text.skeletonWords.flatMap(partSpelledOut);
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

/** Letters before a spelled-out word that are words of their own: "ты и п и д о р". */
const STRAYS_MAX = 2;

/** What was spelled out letter by letter may be two words, or have strays before it. */
function partSpelledOut(word: ModelWord): ModelWord[] {
  const { text, start, end } = word;
  const isSpelledOut = end - start >= 2 * text.length - 1;
  if (!isSpelledOut || text.length <= STRAYS_MAX || text.length > WORD_UNITS_MAX) return [word];
  for (let at = STRAYS_MAX; at <= text.length - STRAYS_MAX; at++) {
    const [first, second] = [text.slice(0, at), text.slice(at)];
    if (isWorthHiding(first) && isWorthHiding(second)) {
      return [
        { text: first, start, end: start + 2 * at - 1 },
        { text: second, start: start + 2 * at, end },
      ];
    }
  }
  for (let strays = 0; strays <= STRAYS_MAX; strays++) {
    const rest = text.slice(strays);
    if (isWorthHiding(rest)) return [{ text: rest, start: start + 2 * strays, end }];
  }
  return [word];
}

function isWorthHiding(word: string): boolean {
  return (kindsOf(word) & WORTH_HIDING) !== 0;
}

/** Signs or digits between letters or as their stand-ins, letters of two scripts, single jamo by a syllable. */
const SUSPICIOUS =
  /\p{L}[^\p{L}\p{M}\s'’-]+\p{L}|[*@#$%]\p{L}|\p{L}[*@#$%]|\d\p{L}|\p{L}\.\.|[a-z][\p{Script=Cyrillic}]|[\p{Script=Cyrillic}][a-z]|[ㄱ-ㅎ][ㅏ-ㅣ]|[가-힣][ㄱ-ㅣ]/u;
const CHUNK = /(?:[^\s/;:=<>?!]|!(?=[a-z]))+/gu;
const CHUNK_UNITS_MAX = 40;
const START = /^[^\p{L}\d@$]+|^\d+[.,)](?!14)/u;
const END = /[^\p{L}\d*@#$%]+$/u;

function readChunks(text: NormalisedText): ModelWord[] {
  const readings: ModelWord[] = [];
  const { links, addresses } = findLinks(text);
  const taken = [...links, ...addresses];
  for (const chunk of text.plain.matchAll(CHUNK)) {
    if (readings.length >= READINGS_MAX) break;
    const { index } = chunk;
    if (taken.some(({ start, end }) => start < index + chunk[0].length && end > index)) continue;
    const from = START.exec(chunk[0])?.[0].length ?? 0;
    const piece = trimEnd(chunk[0].slice(from));
    if (piece.length < 2 || piece.length > CHUNK_UNITS_MAX) continue;
    const read = readPiece(piece);
    if (read !== undefined && read !== piece) {
      readings.push({ text: read, start: index + from, end: index + from + piece.length });
    }
  }
  return readings;
}

function trimEnd(piece: string): string {
  return KEPT_DOTS.test(piece) ? piece : piece.replace(END, "");
}

/** Full stops end a sentence, but after these few letters they hide the rest. */
const KEPT_DOTS = /^(?:бл|х|ху|пи|пиз|ж|еб)\.{2,}$/u;
const DISGUISED =
  /\p{L}[^\p{L}\p{M}]|[^\p{L}\p{M}]\p{L}|[a-z].*[\p{Script=Cyrillic}]|[\p{Script=Cyrillic}].*[a-z]/u;
const JAMO = /[ㄱ-ㅎ][ㅏ-ㅣ]|[가-힣][ㄱ-ㅣ]/u;
const MASK = /[*@#$%_\d!|+€]/u;
/** A piece that is a word by itself is longer than this. */
const FRAGMENT_UNITS_MAX = 2;

function readPiece(piece: string): string | undefined {
  const script = scriptOfPiece(piece);
  if (script === undefined || !(DISGUISED.test(piece) || JAMO.test(piece))) return undefined;
  const parts = piece.split(/[^\p{L}\p{M}]+/u).filter((part) => part !== "");
  // Where a word is written out nothing hides: "stupid.it's", "f*cking idiot!yes".
  if (parts.some((part) => part.length > FRAGMENT_UNITS_MAX && (kindsOf(part) & WORTH_HIDING) !== 0)) {
    return undefined;
  }
  const joined = parts.join("");
  if (script === "hangul") {
    const composed = composeJamo(joined);
    return (kindsOf(composed) & WORTH_HIDING) === 0 ? undefined : composed;
  }
  const isWholeWords = parts.every((part) => part.length > FRAGMENT_UNITS_MAX);
  if (parts.length > 1 && isWholeWords && !MASK.test(piece)) return undefined;
  const signs = piece.replace(/[\p{L}\p{M}\d]/gu, "").length;
  if (signs > joined.length + SIGNS_MORE_MAX) return undefined;
  if (parts.length > 1 && (kindsOf(joined) & WORTH_HIDING) !== 0 && joined.length > 3) return joined;
  if (
    parts.length > 1 &&
    joined.length < ABBREVIATION_UNITS_MIN &&
    !MASK.test(piece) &&
    !piece.includes("..")
  ) {
    return undefined;
  }
  return readDisguise(piece.replace(/3[.,]14(?=\p{L})/u, "пи"), script);
}

/** Fewer letters with full stops are "т.п." or "P.S." */
const ABBREVIATION_UNITS_MIN = 4;
/** "х****" has more signs than letters. */
const SIGNS_MORE_MAX = 3;

function scriptOfPiece(piece: string): LexiconScript | undefined {
  if (/\p{Script=Hangul}/u.test(piece)) return "hangul";
  if (/\p{Script=Cyrillic}/u.test(piece)) return "cyrillic";
  return /[a-z]/u.test(piece) ? "latin" : undefined;
}
