import { AS_LATIN } from "../text/look-alikes.ts";
import { composeJamo } from "./compose-jamo.ts";
import { fillMask } from "./fill-mask.ts";
import { commonness, type KnownWords } from "./known-words.ts";
import { kindsOf, type LexiconScript, WORTH_HIDING } from "./lexicon.ts";
import { readDisguise } from "./read-disguise.ts";

const DISGUISED =
  /\p{L}[^\p{L}\p{M}]|[^\p{L}\p{M}]\p{L}|[a-z].*[\p{Script=Cyrillic}]|[\p{Script=Cyrillic}].*[a-z]/u;
const JAMO = /[ㄱ-ㅎ][ㅏ-ㅣ]|[가-힣][ㄱ-ㅣ]/u;
const MASK = /[*@#$%_\d!|+€]/u;
/** A piece that is a word by itself is longer than this. */
const FRAGMENT_UNITS_MAX = 2;

/** A piece with signs, digits or foreign letters among its letters, read as one word; undefined where it says none. */
export function readPiece(piece: string, known: KnownWords): string | undefined {
  const script = scriptOfPiece(piece);
  if (script === undefined || !(DISGUISED.test(piece) || JAMO.test(piece))) return undefined;
  const parts = piece.split(/[^\p{L}\p{M}]+/u).filter((part) => part !== "");
  // Where a word is written out nothing hides: "stupid.it's", "f*cking idiot!yes".
  if (parts.some((part) => part.length > FRAGMENT_UNITS_MAX && isWorthHiding(part))) return undefined;
  const joined = parts.join("");
  if (script === "hangul") {
    const composed = composeJamo(joined);
    return isWorthHiding(composed) ? composed : undefined;
  }
  const isWholeWords = parts.every((part) => part.length > FRAGMENT_UNITS_MAX);
  if (parts.length > 1 && isWholeWords && !MASK.test(piece)) return undefined;
  const signs = piece.replace(/[\p{L}\p{M}\d]/gu, "").length;
  if (signs > joined.length + SIGNS_MORE_MAX) return undefined;
  const isHidden = parts.length > 1 && isWorthHiding(joined) && joined.length > 3;
  if (isHidden && script === "cyrillic") return joined;
  if (
    !isHidden &&
    parts.length > 1 &&
    joined.length < ABBREVIATION_UNITS_MIN &&
    !MASK.test(piece) &&
    !piece.includes("..")
  ) {
    return undefined;
  }
  if (script === "cyrillic")
    return asKnownLatin(piece, known) ?? readDisguise(piece.replace(PI, "пи"), script, known);
  return readLatin(piece, parts, known);
}

/** Fewer letters with full stops are "т.п." or "P.S." */
const ABBREVIATION_UNITS_MIN = 4;
/** "х****" has more signs than letters. */
const SIGNS_MORE_MAX = 3;
const PI = /3[.,]14(?=\p{L})/u;

function isWorthHiding(word: string): boolean {
  return (kindsOf(word) & WORTH_HIDING) !== 0;
}

function scriptOfPiece(piece: string): LexiconScript | undefined {
  if (/\p{Script=Hangul}/u.test(piece)) return "hangul";
  if (/\p{Script=Cyrillic}/u.test(piece)) return "cyrillic";
  return /[a-z@$]/u.test(piece) ? "latin" : undefined;
}

/** The English word that a piece of two scripts is drawn like: "іdіоt" is that before it is the Ukrainian one. */
function asKnownLatin(piece: string, known: KnownWords): string | undefined {
  if (!/[a-z]/u.test(piece)) return undefined;
  let read = "";
  for (const letter of piece) read += AS_LATIN.get(letter) ?? letter;
  return /^[a-z]+$/u.test(read) && commonness(known, read) > 0 ? read : undefined;
}

/** The signs may hide letters ("th*t", "f*ck") or only part them ("to_day"): the likeliest of what the known words allow. */
function readLatin(piece: string, parts: readonly string[], known: KnownWords): string | undefined {
  const joined = parts.join("");
  const listed = readDisguise(piece, "latin", known);
  const isExact = listed?.length === piece.length;
  const asJoined = parts.length > 1 && !DIGIT.test(piece) ? commonness(known, joined) : 0;
  // "w*a*s" hides no more letters than it shows.
  if (parts.length >= SPELLED_PARTS_MIN && joined.length === parts.length) {
    if (asJoined > 0 || isWorthHiding(joined)) return joined;
    return isExact ? listed : undefined;
  }
  if (parts.length > 1 && isWorthHiding(joined) && joined.length > 3)
    return isExact && commonness(known, listed) > asJoined ? listed : joined;
  const filled = fillMask(piece, known);
  const asFilled = filled?.commonness ?? 0;
  if (isExact && commonness(known, listed) + HIDDEN_WORTH >= Math.max(asFilled, asJoined)) return listed;
  if (asJoined >= PARTED_COMMONNESS_MIN && asJoined > asFilled) return joined;
  return filled?.text ?? listed;
}

const DIGIT = /\d/u;
const SPELLED_PARTS_MIN = 3;
const PARTED_COMMONNESS_MIN = 3;
/** People mask what is worth hiding: "wh*re" is not "where", though that is so many bits commoner. */
const HIDDEN_WORTH = 4;
