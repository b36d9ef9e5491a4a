import { findLinks } from "../text/links.ts";
import type { NormalisedText } from "../text.ts";
import type { KnownWords } from "./known-words.ts";
import type { ModelWord } from "./model-word.ts";
import { readLeet } from "./read-leet.ts";
import { readPiece } from "./read-piece.ts";

/** Disguised pieces past this are taken as they are. */
const READINGS_MAX = 400;
const CHUNK_UNITS_MAX = 40;

/** Signs or digits between letters or as their stand-ins, letters of two scripts, single jamo by a syllable. */
const SUSPICIOUS =
  /\p{L}[^\p{L}\p{M}\s'’-]+\p{L}|[*@#$%|]\p{L}|\p{L}[*@#$%|]|\d\p{L}|\p{L}\d|@\$|\d\$|\p{L}\.\.|[a-z][\p{Script=Cyrillic}]|[\p{Script=Cyrillic}][a-z]|[ㄱ-ㅎ][ㅏ-ㅣ]|[가-힣][ㄱ-ㅣ]/u;
const CHUNK = /(?:[^\s/;:=<>?!]|!(?=[a-z\d@$!|]))+/gu;
const START = /^[^\p{L}\d@$]+|^\d+[.,)](?!14)/u;
const END = /[^\p{L}\d*@#$%]+$/u;

/** What the pieces between spaces say that have signs, digits or foreign letters in them, where that is something else. */
export function readChunks(text: NormalisedText, known: KnownWords): ModelWord[] {
  if (!SUSPICIOUS.test(text.plain)) return [];
  const readings: ModelWord[] = [];
  const { links, addresses } = findLinks(text);
  const taken = [...links, ...addresses];
  for (const chunk of text.plain.matchAll(CHUNK)) {
    if (readings.length >= READINGS_MAX) break;
    const { index } = chunk;
    if (taken.some(({ start, end }) => start < index + chunk[0].length && end > index)) continue;
    readings.push(...readChunk(chunk[0], index, known));
  }
  return readings;
}

/** First as words in leet, which must be known; then as one word that the lexicon lists; then as letters in leet. */
function readChunk(chunk: string, index: number, known: KnownWords): ModelWord[] {
  const leet = chunk.length > CHUNK_UNITS_MAX ? [] : readTokens(chunk, index, known);
  if (leet.length > 0 && leet.every(({ isKnown }) => isKnown)) return leet;
  const from = START.exec(chunk)?.[0].length ?? 0;
  const piece = trimEnd(chunk.slice(from));
  if (piece.length < 2 || piece.length > CHUNK_UNITS_MAX) return [];
  const read = readPiece(piece, known);
  if (read === undefined) return leet;
  const start = index + from;
  return read === piece ? [] : [{ text: read, start, end: start + piece.length }];
}

/** Full stops end a sentence, but after these few letters they hide the rest. */
const KEPT_DOTS = /^(?:бл|х|ху|пи|пиз|ж|еб)\.{2,}$/u;

function trimEnd(piece: string): string {
  return KEPT_DOTS.test(piece) ? piece : piece.replace(END, "");
}

const STAND_IN = /[\d@$!|+€]/u;
/** A run of Latin letters, digits and signs, with no other letters beside it. */
const TOKEN = /(?<![\p{L}\p{M}\d@$!|+€'])[a-z\d@$!|+€']+(?![\p{L}\p{M}\d@$!|+€'])/gu;
const ALPHANUMERIC = /^[a-z\d']+$/u;

function readTokens(chunk: string, index: number, known: KnownWords): (ModelWord & { isKnown: boolean })[] {
  if (!STAND_IN.test(chunk)) return [];
  const readings: (ModelWord & { isKnown: boolean })[] = [];
  for (const [token, { index: at }] of tokensOf(chunk)) {
    const read = readLeet(token, known);
    // What is a number stays one, also where its digits stand among letters.
    const text = read?.text ?? (ALPHANUMERIC.test(token) ? token : undefined);
    const start = index + at;
    if (text !== undefined)
      readings.push({ text, start, end: start + token.length, isKnown: read?.isKnown ?? false });
  }
  return readings;
}

function tokensOf(chunk: string): [string, { index: number }][] {
  return Array.from(chunk.matchAll(TOKEN), (match): [string, { index: number }] => [match[0], match]).filter(
    ([token]) => STAND_IN.test(token),
  );
}
