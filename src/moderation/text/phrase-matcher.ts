import { type NormalisedText, normaliseText } from "../text.ts";
import { classOf, codePointAt, SPACELESS_BITS, WORD } from "./characters.ts";
import { findMaskedWords, isMaskOf } from "./masked-words.ts";
import type { Word } from "./word.ts";
import { unitAt } from "./unit-at.ts";

/** A list's words and phrases, indexed by first word, so that a text costs about the same whatever the list's length. */
export type PhraseMatcher = {
  byFirstWord: Map<string, Phrase[]>;
  /** Single words with `*`, looked up by each length in `prefixLengths`. */
  byPrefix: Map<string, Phrase[]>;
  prefixLengths: Set<number>;
  /** Entries of scripts without spaces, and of signs alone: found anywhere, by their first UTF-16 unit. */
  anywhere: Map<number, Phrase[]>;
  /** Single words by length, for words with masked letters. */
  byLength: Map<number, Phrase[]>;
};

/** Where an entry was found. Offsets are those of `plain`. */
export type PhraseMatch = { entry: string; start: number; end: number };

type Phrase = {
  entry: string;
  /** The entry normalised, without its `*`. */
  form: string;
  words: readonly Word[];
  isPrefix: boolean;
  /** Only words and spaces: punctuation between the text's words does not matter. Else the form is compared as it is. */
  isWordsOnly: boolean;
};

const MATCHES_MAX = 100;
const MASKED_LETTERS_SEEN_MIN = 2;

/** Compiles a list once; entries are whole words or phrases, a trailing `*` makes the last word a prefix. */
export function compilePhrases(entries: readonly string[]): PhraseMatcher {
  const matcher: PhraseMatcher = {
    byFirstWord: new Map(),
    byPrefix: new Map(),
    prefixLengths: new Set(),
    anywhere: new Map(),
    byLength: new Map(),
  };
  for (const entry of entries) addPhrase(matcher, entry);
  return matcher;
}

/**
 * The entries that a text holds, in the words as written, in the words with disguises undone, in words with letters drawn
 * out ("fuuuck") and in words with letters masked ("f*ck"). At most {@link MATCHES_MAX}. Entries in scripts without spaces
 * match anywhere, those in Hangul as words (particles need the `*`).
 */
export function findPhrases(matcher: PhraseMatcher, text: NormalisedText): PhraseMatch[] {
  const matches: PhraseMatch[] = [];
  const hasVariants = HAS_VARIANTS.test(text.plain);
  scanWords(matcher, text.words, text.plain, hasVariants, matches);
  if (text.skeletonWords !== text.words)
    scanWords(matcher, text.skeletonWords, undefined, hasVariants, matches);
  if (matcher.anywhere.size > 0) scanAnywhere(matcher, text.plain, matches);
  if (matcher.byLength.size > 0) scanMasked(matcher, text.plain, matches);
  return matches;
}

function addPhrase(matcher: PhraseMatcher, entry: string): void {
  const isPrefix = entry.trimEnd().endsWith("*") && /[^*\s]/u.test(entry);
  const { plain: form, words } = normaliseText(isPrefix ? entry.trimEnd().replace(/\*+$/u, "") : entry);
  if (form === "") return;
  const first = words[0];
  const isWordsOnly = words.map((word) => word.text).join(" ") === form;
  const phrase: Phrase = { entry, form, words, isPrefix, isWordsOnly };
  if (first === undefined || (first.scripts & SPACELESS_BITS) !== 0) {
    addTo(matcher.anywhere, unitAt(form, 0), phrase);
    return;
  }
  const isSingle = words.length === 1 && first.end === form.length;
  if (isSingle && isPrefix) {
    addTo(matcher.byPrefix, first.text, phrase);
    matcher.prefixLengths.add(first.text.length);
  } else addTo(matcher.byFirstWord, first.text, phrase);
  if (isSingle && isWordsOnly) addTo(matcher.byLength, first.text.length, phrase);
}

function addTo<K>(index: Map<K, Phrase[]>, key: K, phrase: Phrase): void {
  const phrases = index.get(key);
  if (phrases === undefined) index.set(key, [phrase]);
  else phrases.push(phrase);
}

/** `plain` is undefined when the words are not the text's own, so that only words can be compared. */
function scanWords(
  matcher: PhraseMatcher,
  words: readonly Word[],
  plain: string | undefined,
  hasVariants: boolean,
  matches: PhraseMatch[],
): void {
  for (const [index, word] of words.entries()) {
    const forms = hasVariants ? variantsOf(word.text) : [word.text];
    for (const form of forms) {
      collect(matcher.byFirstWord.get(form), words, index, plain, matches);
      for (const length of matcher.prefixLengths) {
        if (length > form.length) continue;
        collect(matcher.byPrefix.get(form.slice(0, length)), words, index, plain, matches);
      }
    }
  }
}

const HAS_VARIANTS = /'|(\p{L})\1\1/u;

/** The word; without a clitic ("idiot's", "l'idiot"); with letters drawn out cut to one and to two. */
function variantsOf(word: string): Set<string> {
  const variants = new Set([word]);
  const [before = "", after = ""] = word.split("'");
  if (after === "s") variants.add(before);
  else if (before.length <= 2 && after.length > 2) variants.add(after);
  if (DRAWN_OUT.test(word)) {
    variants.add(word.replaceAll(DRAWN_OUT_ALL, "$1"));
    variants.add(word.replaceAll(DRAWN_OUT_ALL, "$1$1"));
  }
  return variants;
}

const DRAWN_OUT = /(\p{L})\1\1/u;
const DRAWN_OUT_ALL = /(\p{L})\1{2,}/gu;

function collect(
  phrases: readonly Phrase[] | undefined,
  words: readonly Word[],
  index: number,
  plain: string | undefined,
  matches: PhraseMatch[],
): void {
  if (phrases === undefined) return;
  for (const phrase of phrases) {
    if (matches.length >= MATCHES_MAX) return;
    const place = phrase.isWordsOnly
      ? compareWords(phrase, words, index)
      : compareForm(phrase, words[index], plain);
    if (place !== undefined) addMatch(matches, phrase.entry, place.start, place.end);
  }
}

type Place = { start: number; end: number };

function compareWords(phrase: Phrase, words: readonly Word[], index: number): Place | undefined {
  const first = words[index];
  const last = words[index + phrase.words.length - 1];
  if (first === undefined || last === undefined) return undefined;
  for (let i = 1; i < phrase.words.length; i++) {
    const wanted = phrase.words[i]?.text ?? "";
    const given = words[index + i]?.text ?? "";
    const mayGoOn = phrase.isPrefix && i === phrase.words.length - 1;
    if (mayGoOn ? !given.startsWith(wanted) : given !== wanted) return undefined;
  }
  return { start: first.start, end: last.end };
}

function compareForm(phrase: Phrase, word: Word | undefined, plain: string | undefined): Place | undefined {
  if (word === undefined || plain === undefined) return undefined;
  const start = word.start - (phrase.words[0]?.start ?? 0);
  const end = start + phrase.form.length;
  if (start < 0 || !plain.startsWith(phrase.form, start)) return undefined;
  const endsInWord = phrase.words.at(-1)?.end === phrase.form.length;
  if (endsInWord && !phrase.isPrefix && (classOf(codePointAt(plain, end)) & WORD) !== 0) return undefined;
  return { start, end };
}

function scanAnywhere(matcher: PhraseMatcher, plain: string, matches: PhraseMatch[]): void {
  for (let index = 0; index < plain.length && matches.length < MATCHES_MAX; index++) {
    for (const { entry, form } of matcher.anywhere.get(unitAt(plain, index)) ?? []) {
      if (plain.startsWith(form, index)) addMatch(matches, entry, index, index + form.length);
    }
  }
}

function scanMasked(matcher: PhraseMatcher, plain: string, matches: PhraseMatch[]): void {
  for (const { text, start, end } of findMaskedWords(plain)) {
    for (const [length, phrases] of matcher.byLength) {
      if (length > text.length) continue;
      const seen = text.slice(0, length).match(/\p{L}/gu)?.length ?? 0;
      if (seen < MASKED_LETTERS_SEEN_MIN || seen === length) continue;
      for (const phrase of phrases) {
        if (length < text.length && !phrase.isPrefix) continue;
        if (isMaskOf(text, phrase.form, length)) addMatch(matches, phrase.entry, start, end);
      }
    }
  }
}

function addMatch(matches: PhraseMatch[], entry: string, start: number, end: number): void {
  if (matches.length >= MATCHES_MAX) return;
  if (matches.some((match) => match.start === start && match.entry === entry)) return;
  matches.push({ entry, start, end });
}
