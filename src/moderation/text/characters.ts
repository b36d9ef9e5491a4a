import { unitAt } from "./unit-at.ts";

/**
 * What the text signals need to know of a code point, as bit flags in lazily filled tables of 256 code points.
 * The facts come from the runtime's own Unicode data (property escapes), so no data file is carried.
 */
export const LETTER = 1;
const MARK = 2;
export const DIGIT = 4;
export const SPACE = 8;
/** Drawn as nothing: controls, zero-width and bidi characters, tags, variation selectors, fillers. */
export const INVISIBLE = 16;
export const UPPER = 32;
export const LOWER = 64;
/** Not the same after NFKC and lower-casing. */
export const CHANGES = 128;
export const EMOJI = 256;
/** Composes with what stands before it (marks, conjoining jamo, halfwidth voicing marks). */
export const JOINS = 512;
/** Part of a word: letter, mark or number. */
export const WORD = 1024;
const SCRIPT_SHIFT = 16;

/** Scripts that are told apart; 0 is any other. The order is the identifier. */
const SCRIPT_NAMES = [
  "Latin",
  "Cyrillic",
  "Greek",
  "Armenian",
  "Cherokee",
  "Coptic",
  "Hangul",
  "Hiragana",
  "Katakana",
  "Han",
  "Hebrew",
  "Arabic",
  "Devanagari",
  "Bengali",
  "Gurmukhi",
  "Gujarati",
  "Oriya",
  "Tamil",
  "Telugu",
  "Kannada",
  "Malayalam",
  "Thai",
  "Lao",
  "Khmer",
  "Myanmar",
  "Georgian",
  "Ethiopic",
  "Sinhala",
] as const;
export type ScriptName = (typeof SCRIPT_NAMES)[number];

export const LATIN = 1;
export const CYRILLIC = 2;
export const GREEK = 3;
export const ARMENIAN = 4;
export const CHEROKEE = 5;
export const COPTIC = 6;
export const HANGUL = 7;
export const HAN = 10;
/** Bits of the scripts that put no spaces between words: Hiragana, Katakana, Han, Thai, Lao, Khmer, Myanmar. */
export const SPACELESS_BITS =
  (1 << 8) | (1 << 9) | (1 << HAN) | (1 << 22) | (1 << 23) | (1 << 24) | (1 << 25);

const BLOCK_SIZE = 256;
const blocks: (Uint32Array | undefined)[] = [];
const foldings = new Map<number, string>();

/** The flags of a code point (or of a lone surrogate, which has none). */
export function classOf(codePoint: number): number {
  const block = blocks[codePoint >> 8] ?? fillBlock(codePoint >> 8);
  return block[codePoint & 255] ?? 0;
}

/** The code point at `index`: a whole one from its first unit, a lone surrogate as it is, 0 past the end. */
export function codePointAt(text: string, index: number): number {
  const code = unitAt(text, index);
  if (code >= 0xd800 && code <= 0xdbff) return text.codePointAt(index) ?? 0;
  return code >= 0 ? code : 0;
}

/** UTF-16 units that a code point takes. */
export function unitsOf(codePoint: number): number {
  return codePoint > 0xffff ? 2 : 1;
}

/** The script's identifier within a character class; 0 when it is none of {@link SCRIPT_NAMES}. */
export function scriptOf(characterClass: number): number {
  return characterClass >>> SCRIPT_SHIFT;
}

/** The name of a script's identifier, for languages that own their script. */
export function scriptName(script: number): ScriptName | undefined {
  return SCRIPT_NAMES[script - 1];
}

/** One code point after NFKC and lower-casing (ς as σ, typographic apostrophes as '), as Unicode's caseless matching does. */
export function foldCodePoint(codePoint: number): string {
  let folded = foldings.get(codePoint);
  if (folded === undefined) {
    const character = String.fromCodePoint(codePoint);
    folded = singleJamo(codePoint) ?? squaredLetter(codePoint) ?? foldCluster(character);
    if (folded.length > EXPANSION_UNITS_MAX) folded = character;
    foldings.set(codePoint, folded);
  }
  return folded;
}

/** Enough for every compatibility character but the word ligature U+FDFA. */
const EXPANSION_UNITS_MAX = 8;

/** ㅋㅋ and ㅠㅠ, halfwidth ones too: NFKC would make them conjoining jamo, which Korean keyboards do not type. */
function singleJamo(codePoint: number): string | undefined {
  if (codePoint >= 0x3131 && codePoint <= 0x318e) return String.fromCharCode(codePoint);
  if (codePoint >= 0xffa1 && codePoint <= 0xffbe) return String.fromCharCode(codePoint - 0xffa1 + 0x3131);
  // The vowels lie in groups of six, eight apart.
  const vowel = codePoint - 0xffc2;
  if (vowel < 0 || codePoint > 0xffdc || vowel % 8 > 5) return undefined;
  return String.fromCharCode(0x314f + Math.floor(vowel / 8) * 6 + (vowel % 8));
}

/** The white-on-black letters 🅐 and 🅰, for which Unicode has no compatibility mapping. */
function squaredLetter(codePoint: number): string | undefined {
  const letter = codePoint - (codePoint >= 0x1f170 ? 0x1f170 : 0x1f150);
  return letter >= 0 && letter < 26 ? String.fromCharCode(0x61 + letter) : undefined;
}

/** The same for a base with its marks. */
export function foldCluster(cluster: string): string {
  // Before, for NFKC takes ´ apart; and after, for it makes ′ of others.
  const folded = cluster.replace(APOSTROPHES, "'").normalize("NFKC").toLowerCase().normalize("NFKC");
  return folded.replace(APOSTROPHES, "'").replaceAll("ς", "σ");
}

const APOSTROPHES = /[´ʹʻʼʽˈ‘’‛′]/gu;

function fillBlock(index: number): Uint32Array {
  const block = new Uint32Array(BLOCK_SIZE);
  blocks[index] = block;
  // Hangul syllables and unified ideographs: whole blocks of the same kind, and the largest scripts by far.
  if (index >= 0xac && index <= 0xd6) return block.fill(LETTER | WORD | (HANGUL << SCRIPT_SHIFT));
  if (index >= 0x4e && index <= 0x9f) return block.fill(LETTER | WORD | (HAN << SCRIPT_SHIFT));
  for (let offset = 0; offset < BLOCK_SIZE; offset++) block[offset] = classify((index << 8) | offset);
  return block;
}

function classify(codePoint: number): number {
  if (codePoint >= 0xd800 && codePoint <= 0xdfff) return 0;
  const character = String.fromCodePoint(codePoint);
  if (/[\t\n\v\f\r\u0085\p{Z}]/u.test(character)) return SPACE;
  if (/[\p{Cc}\p{Default_Ignorable_Code_Point}\u2800\ufff9-\ufffb]/u.test(character)) return INVISIBLE;
  let flags = 0;
  if (/\p{L}/u.test(character)) flags |= LETTER | WORD;
  else if (/\p{M}/u.test(character)) flags |= MARK | JOINS | WORD;
  else if (/\p{Nd}/u.test(character)) flags |= DIGIT | WORD;
  else if (/\p{N}/u.test(character)) flags |= WORD;
  if (/[\u1160-\u11ff\ud7b0-\ud7fb\uff9e\uff9f]/u.test(character)) flags |= JOINS;
  if (/\p{Lu}/u.test(character)) flags |= UPPER;
  else if (/\p{Ll}/u.test(character)) flags |= LOWER;
  if (codePoint >= 0x2194 && /[\p{Extended_Pictographic}\p{Regional_Indicator}]/u.test(character)) {
    flags |= EMOJI;
  }
  if (foldCodePoint(codePoint) !== character) flags |= CHANGES;
  const script = SCRIPT_PATTERNS.findIndex((pattern) => pattern.test(character)) + 1;
  return flags | (script << SCRIPT_SHIFT);
}

const SCRIPT_PATTERNS = SCRIPT_NAMES.map((name) => new RegExp(`\\p{Script=${name}}`, "u"));
