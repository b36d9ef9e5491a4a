import { type NormalisedText } from "../text.ts";
import { FeatureSet, hashText, hashUnit, type Region, REGIONS, type Script, SCRIPTS } from "./feature-set.ts";
import { KNOWN_WORDS, type KnownWords } from "./known-words.ts";
import { LEXICON_KINDS } from "./lexicon.ts";
import type { ModelWord } from "./model-word.ts";
import { modelWords, WORDS_MAX } from "./model-words.ts";
import { addStyleFeatures } from "./style-features.ts";
import { WordMemory } from "./word-memory.ts";
import { unitAt } from "../text/unit-at.ts";

/** What the model looks at. */
export type ModelInput = { text: NormalisedText; name: string; website: string | null };

/** A text as the model sees it. Plain data that nobody changes. */
export type Features = {
  /** The text it came from, for spans. */
  readonly text: NormalisedText;
  /** Words as the model reads them, with their places in `text.plain`. */
  readonly words: readonly ModelWord[];
  /** What most of it is written in. */
  readonly script: Script;
  /** Different buckets of the hash, 0 to BUCKETS - 1. */
  readonly indices: Int32Array;
  readonly values: Float32Array;
  /** By number the first and the last word a feature came from; -1 when it is about the whole. */
  readonly firstWords: Int16Array;
  readonly lastWords: Int16Array;
};

// One text's at a time, but for the memory.
const scratch = new FeatureSet();
const kindsOfWords = new Uint8Array(WORDS_MAX);
const wordMemory = new WordMemory();

/**
 * Hashed words, pairs of neighbours, letter groups of 3 to 5 (for Hangul of 1 to 3 syllables), kinds of words in the
 * lexicon, style, links and the author's name. Each kind weighs the same however long the text is. Linear in the length;
 * never throws.
 */
export function extractFeatures(
  { text, name, website }: ModelInput,
  known: KnownWords = KNOWN_WORDS,
): Features {
  const words = modelWords(text, known);
  const regions = words.map((word) => regionOf(word.text));
  const script = mainScript(words, regions);
  const main = REGIONS[script];
  scratch.clear(FEATURES_PER_UNIT * text.plain.length);
  addWords(words, regions);
  const afterWords = scratch.count;
  addLetterGroups(words, regions);
  const afterLetters = scratch.count;
  addKinds(words, main);
  addStyleFeatures(scratch, main, text, words, website, known);
  const afterStyle = scratch.count;
  addName(name);
  const { count } = scratch;
  const { indices, values, firstWords, lastWords } = copyOfScratch();
  values.fill(1 / Math.sqrt(Math.max(1, afterWords)), 0, afterWords);
  values.fill(1 / Math.sqrt(Math.max(1, afterLetters - afterWords)), afterWords, afterLetters);
  values.fill(STYLE_VALUE, afterLetters, afterStyle);
  values.fill(NAME_VALUE / Math.sqrt(Math.max(1, count - afterStyle)), afterStyle, count);
  return { text, words, script, indices, values, firstWords, lastWords };
}

const FEATURE_BYTES = 12;

/** In one piece of memory: four would each be had from the system and given back to it. */
function copyOfScratch() {
  const { count } = scratch;
  const memory = new ArrayBuffer(count * FEATURE_BYTES);
  const indices = new Int32Array(memory, 0, count);
  const values = new Float32Array(memory, count * 4, count);
  const firstWords = new Int16Array(memory, count * 8, count);
  const lastWords = new Int16Array(memory, count * 10, count);
  for (let i = 0; i < count; i++) {
    indices[i] = scratch.indices[i] ?? 0;
    firstWords[i] = scratch.firstWords[i] ?? 0;
    lastWords[i] = scratch.lastWords[i] ?? 0;
  }
  return { indices, values, firstWords, lastWords };
}

/** Three letter groups begin at every letter. */
const FEATURES_PER_UNIT = 3;
const STYLE_VALUE = 0.3;
const NAME_VALUE = 0.5;
const WORD_SEED = 0x1b873593;
const PAIR_SEED = 0x68e31da4;
const KIND_SEED = 0x165667b1;
const NAME_SEED = 0x7feb352d;
const NAME_UNITS_MAX = 60;
const NAME_GROUP_UNITS = 3;

function regionOf(word: string): Region {
  const unit = unitAt(word, 0);
  if (unit < 0x250) return REGIONS.latin;
  if (unit >= 0x400 && unit < 0x530) return REGIONS.cyrillic;
  return isHangul(unit) ? REGIONS.hangul : REGIONS.other;
}

/** Addresses are Latin in any language, and a syllable of Hangul is worth two letters. */
const LETTER_WORTH: Readonly<Record<Script, number>> = { latin: 0.5, cyrillic: 1, hangul: 2, other: 1 };

/** The script that most letters are of. */
function mainScript(words: readonly ModelWord[], regions: readonly Region[]): Script {
  let main: Script = "latin";
  let most = 0;
  for (const script of SCRIPTS) {
    const region = REGIONS[script];
    let letters = 0;
    for (let i = 0; i < words.length; i++) {
      if (regions[i] === region) letters += words[i]?.text.length ?? 0;
    }
    letters *= LETTER_WORTH[script];
    if (letters > most) {
      most = letters;
      main = script;
    }
  }
  return main;
}

function addWords(words: readonly ModelWord[], regions: readonly Region[]): void {
  let before = PAIR_SEED;
  for (let i = 0; i < words.length; i++) {
    const text = words[i]?.text ?? "";
    const region = regions[i] ?? REGIONS.other;
    scratch.add(hashText(WORD_SEED, text), region, i, i);
    scratch.add(hashText(hashUnit(before, SPACE_UNIT), text), region, i === 0 ? 0 : i - 1, i);
    before = hashText(PAIR_SEED, text);
  }
}

const SPACE_UNIT = 0x20;

function addLetterGroups(words: readonly ModelWord[], regions: readonly Region[]): void {
  const { buckets } = wordMemory;
  for (let i = 0; i < words.length; i++) {
    wordMemory.look(words[i]?.text ?? "", regions[i] ?? REGIONS.other);
    const { end } = wordMemory;
    for (let at = wordMemory.start; at < end; at++) scratch.addBucket(buckets[at] ?? 0, i, i);
    kindsOfWords[i] = wordMemory.kinds;
  }
}

/** Counts of {@link LEXICON_KINDS} past which more say nothing new. */
const KIND_COUNT_MAX = 4;

function addKinds(words: readonly ModelWord[], region: Region): void {
  const counts = LEXICON_KINDS.map(() => 0);
  for (let i = 0; i < words.length; i++) {
    const kinds = kindsOfWords[i] ?? 0;
    if (kinds === 0) continue;
    for (let kind = 0; kind < counts.length; kind++) {
      if ((kinds & (1 << kind)) === 0) continue;
      const count = (counts[kind] ?? 0) + 1;
      counts[kind] = count;
      if (count <= KIND_COUNT_MAX) scratch.add(KIND_SEED + kind * 16 + count, region, i, i);
    }
  }
}

function isHangul(unit: number): boolean {
  return (unit >= 0xac00 && unit <= 0xd7a3) || (unit >= 0x3131 && unit <= 0x318e);
}

function addName(name: string): void {
  const read = ` ${name.slice(0, NAME_UNITS_MAX).toLowerCase()} `;
  if (read.trim() === "") return;
  scratch.add(hashText(NAME_SEED, read), REGIONS.names, -1, -1);
  const { length } = read;
  for (let from = 0; from + NAME_GROUP_UNITS <= length; from++) {
    scratch.add(hashText(NAME_SEED, read.slice(from, from + NAME_GROUP_UNITS)), REGIONS.names, -1, -1);
  }
}
