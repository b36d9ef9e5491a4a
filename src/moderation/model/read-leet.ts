import { LATIN_SIGNS } from "./disguise-elements.ts";
import { commonness, type KnownWords } from "./known-words.ts";
import { kindsOf, WORTH_HIDING } from "./lexicon.ts";
import { type Place, readKnownWord } from "./read-known-word.ts";

/** What a token says, and whether that is a known word. */
export type LeetReading = { text: string; isKnown: boolean };

/**
 * What a run of letters, digits and signs says when the digits and signs stand for letters ("5tup1d", "l0$er", "1di0t"):
 * the commonest known word, else what they are drawn like. Undefined where they may well be what they are: "covid19", "2nd",
 * "mp3", "100k", "h1n1", "B2B", "4chan", a number plate.
 */
export function readLeet(written: string, known: KnownWords): LeetReading | undefined {
  if (written.endsWith("'s")) {
    const read = readLeet(written.slice(0, -2), known);
    return read === undefined ? undefined : { ...read, text: `${read.text}s` };
  }
  const token = written.replaceAll("'", "");
  const places = token.length > TOKEN_UNITS_MAX ? undefined : placesOf(token);
  if (places === undefined) return undefined;
  const letters = token.replace(OUTER, "");
  if (letters === "") return readSigns(token, places, known);
  if (NOT_LETTER.test(letters) || LETTER_SIGN.test(token)) return readInner(token, letters, places, known);
  if (/^[^a-z]/u.test(token) && /[^a-z]$/u.test(token)) return readFramed(token, places, known);
  return readOuter(token, letters, places, known);
}

const TOKEN_UNITS_MAX = 30;
const LETTER = /[a-z]/u;
const NOT_LETTER = /[^a-z]/u;
const NOT_LETTERS = /[^a-z]+/u;
const OUTER = /^[^a-z]+|[^a-z]+$/gu;
/** Behind a letter or a digit no sum and no name is begun. */
const LETTER_SIGN = /[a-z\d@$][@$|]/u;

/** The letters that each sign may stand for; of three and more in a row two or one. Undefined where one stands for none. */
function placesOf(token: string): Place[] | undefined {
  const places: Place[] = [];
  for (let at = 0; at < token.length;) {
    const sign = token[at] ?? "";
    let end = at + 1;
    while (token[end] === sign) end++;
    const letters = LETTER.test(sign) ? sign : LATIN_SIGNS[sign];
    if (letters === undefined) return undefined;
    const isRepeated = end - at > 2;
    for (let copy = isRepeated ? end - 1 : at; copy < end; copy++) places.push({ letters, isRepeated });
    at = end;
  }
  return places;
}

/** "@$$". Sums are not meant, so it must be worth hiding. */
function readSigns(token: string, places: readonly Place[], known: KnownWords): LeetReading | undefined {
  if (token.length < SIGNS_MIN || SUM.test(token) || !LETTER_SIGN.test(token)) return undefined;
  const read = readKnownWord(places, known);
  const isHidden = read !== undefined && (kindsOf(read.text) & WORTH_HIDING) !== 0;
  return isHidden ? { text: read.text, isKnown: true } : undefined;
}

const SIGNS_MIN = 3;
const SUM = /^\$\d|\d\$$/u;

/** Digits among letters are seldom anything but letters, so a word that is known at all will do. */
function readInner(
  token: string,
  middle: string,
  places: readonly Place[],
  known: KnownWords,
): LeetReading | undefined {
  if (NUMERONYM.test(token)) return undefined;
  const read = readKnownWord(places, known);
  const least = places.length <= SHORT_UNITS_MAX ? SHORT_COMMONNESS_MIN : 1;
  if (read !== undefined && read.commonness >= least) return { text: read.text, isKnown: true };
  if (!isLikeWord(token, middle, known)) return undefined;
  const text = spell(places);
  return UNSPEAKABLE.test(text) ? undefined : { text, isKnown: false };
}

/** Whether an unknown word is hidden, and no code, account, plate, or words with a number between: "win7pro", "me@home". */
function isLikeWord(token: string, middle: string, known: KnownWords): boolean {
  const parts = middle.split(NOT_LETTERS);
  const letters = parts.join("").length;
  const isOfWords = parts.every((part) => part.length === 1 || commonness(known, part) > 0);
  return !isOfWords && letters >= UNKNOWN_LETTERS_MIN && 2 * letters >= token.length && !CODE.test(token);
}

const SHORT_UNITS_MAX = 3;
const SHORT_COMMONNESS_MIN = 6;
const WORD_UNITS_MIN = 3;
const UNKNOWN_LETTERS_MIN = 4;
/** "i18n", "k8s", "a11y"; not "b00k". */
const NUMERONYM = /^[a-z](?!00)\d{2,}[a-z]$/u;
/** "@l33t", "ketamine500mg", "1|subtopic", "ab12cde" (but "l00zer"), "ffe4b5". */
const CODE = /^@|\d{3}|\||^[a-z]{1,3}(?!0+[a-z])\d{2,4}[a-z]{2,3}$|^[a-f\d]{6}$/u;
/** Letters that chance put together. */
const UNSPEAKABLE = /[bcdfghjklmnpqrstvwxz]{5}|.{21}/u;

/** What is drawn like i and l is more often an l beside a vowel. */
function spell(places: readonly Place[]): string {
  return places
    .map(({ letters }, i) => {
      const isByVowel = VOWEL.test(places[i - 1]?.letters ?? "") || VOWEL.test(places[i + 1]?.letters ?? "");
      return isByVowel && letters === "il" ? "l" : (letters[0] ?? "");
    })
    .join("");
}

const VOWEL = /^[aeiou]$/u;

/** Digits before and behind the letters: "1d107", "7h353". */
function readFramed(token: string, places: readonly Place[], known: KnownWords): LeetReading | undefined {
  if (token.length < FRAMED_UNITS_MIN || TIME.test(token)) return undefined;
  const read = readKnownWord(places, known);
  return read !== undefined && read.commonness >= FRAMED_COMMONNESS_MIN
    ? { text: read.text, isKnown: true }
    : undefined;
}

const FRAMED_UNITS_MIN = 4;
const FRAMED_COMMONNESS_MIN = 4;
const TIME = /^\d{1,2}h\d{2}$/u;

/** Digits before or behind all letters count something more often than they stand for a letter. */
function readOuter(
  token: string,
  letters: string,
  places: readonly Place[],
  known: KnownWords,
): LeetReading | undefined {
  const added = token.length - letters.length;
  const isShort = letters.length < WORD_UNITS_MIN;
  if (letters.length < OUTER_LETTERS_MIN || added > (isShort ? 1 : OUTER_SIGNS_MAX) || QUANTITY.test(token))
    return undefined;
  const read = readKnownWord(places, known);
  if (read === undefined || read.commonness < (isShort ? OUTER_SHORT_COMMONNESS_MIN : OUTER_COMMONNESS_MIN))
    return undefined;
  // "team5" is no teams, "1and1" no land: what is a word without the digits is meant so unless it is much the rarer.
  const without = commonness(known, letters);
  const isLikelier = without === 0 || read.commonness >= without + OUTER_COMMONER_BY;
  return isLikelier ? { text: read.text, isKnown: true } : undefined;
}

const OUTER_LETTERS_MIN = 2;
const OUTER_SIGNS_MAX = 2;
const OUTER_SHORT_COMMONNESS_MIN = 8;
const OUTER_COMMONNESS_MIN = 2;
const OUTER_COMMONER_BY = 3;
const QUANTITY =
  /^\d+(?:st|nd|rd|th|am|pm|hrs?|mins?|secs?|yrs?|yo|ft|in|lbs?|oz|kg|km|cm|mm|mph|kph|[kmgt]b|mg|ml|[kmg]?hz|ish|ers?|star|man|way|x|d|s)$/u;
