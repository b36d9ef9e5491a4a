import { type NormalisedText } from "../text.ts";
import { FeatureSet, hashText, hashUnit } from "./feature-set.ts";
import { type ModelWord, modelWords } from "./model-words.ts";
import { addStyleFeatures } from "./style-features.ts";

/** What the model looks at. */
export type ModelInput = { text: NormalisedText; name: string; website: string | null };

/** A text as the model sees it. Plain data that nobody changes. */
export type Features = {
  /** The text it came from, for spans. */
  readonly text: NormalisedText;
  /** Words as the model reads them, with their places in `text.plain`. */
  readonly words: readonly ModelWord[];
  /** Different buckets of the hash, 0 to BUCKETS - 1. */
  readonly indices: Int32Array;
  readonly values: Float32Array;
  /** By number the first and the last word a feature came from; -1 when it is about the whole. */
  readonly firstWords: Int16Array;
  readonly lastWords: Int16Array;
};

const scratch = new FeatureSet();

/**
 * Hashed words, pairs of neighbours, letter groups of 3 to 5 (for Hangul of 1 to 3 syllables), style, links and the
 * author's name. Each kind weighs the same however long the text is. Linear in the length; never throws.
 */
export function extractFeatures({ text, name, website }: ModelInput): Features {
  const words = modelWords(text);
  scratch.clear();
  addWords(words);
  const afterWords = scratch.count;
  addLetterGroups(words);
  const afterLetters = scratch.count;
  addStyleFeatures(scratch, text, website);
  const afterStyle = scratch.count;
  addName(name);
  const { count } = scratch;
  const values = new Float32Array(count);
  values.fill(1 / Math.sqrt(Math.max(1, afterWords)), 0, afterWords);
  values.fill(1 / Math.sqrt(Math.max(1, afterLetters - afterWords)), afterWords, afterLetters);
  values.fill(STYLE_VALUE, afterLetters, afterStyle);
  values.fill(NAME_VALUE / Math.sqrt(Math.max(1, count - afterStyle)), afterStyle, count);
  return {
    text,
    words,
    indices: scratch.indices.slice(0, count),
    values,
    firstWords: scratch.firstWords.slice(0, count),
    lastWords: scratch.lastWords.slice(0, count),
  };
}

const STYLE_VALUE = 0.3;
const NAME_VALUE = 0.5;
const WORD_SEED = 0x1b873593;
const PAIR_SEED = 0x68e31da4;
const LETTERS_SEED = 0x2545f491;
const NAME_SEED = 0x7feb352d;
const NAME_UNITS_MAX = 60;

function addWords(words: readonly ModelWord[]): void {
  let before = hashText(PAIR_SEED, "");
  for (let i = 0; i < words.length; i++) {
    const text = words[i]?.text ?? "";
    scratch.add(hashText(WORD_SEED, text), i, i);
    scratch.add(hashText(hashUnit(before, SPACE_UNIT), text), i === 0 ? 0 : i - 1, i);
    before = hashText(PAIR_SEED, text);
  }
}

const SPACE_UNIT = 0x20;
const GROUP_MIN = 3;
const GROUP_MAX = 5;
const HANGUL_GROUP_MIN = 1;
const HANGUL_GROUP_MAX = 3;

function addLetterGroups(words: readonly ModelWord[]): void {
  for (let i = 0; i < words.length; i++) {
    const text = words[i]?.text ?? "";
    const isHangul = isSyllable(text.charCodeAt(0));
    const min = isHangul ? HANGUL_GROUP_MIN : GROUP_MIN;
    const max = isHangul ? HANGUL_GROUP_MAX : GROUP_MAX;
    const end = text.length;
    // The word between two spaces, so that its beginning and end are part of the groups.
    for (let from = -1; from <= end + 1 - min; from++) {
      let hash = LETTERS_SEED;
      for (let length = 1; length <= max; length++) {
        const at = from + length - 1;
        if (at > end) break;
        hash = hashUnit(hash, at < 0 || at === end ? SPACE_UNIT : text.charCodeAt(at));
        if (length >= min) scratch.add(hash, i, i);
      }
    }
  }
}

function isSyllable(unit: number): boolean {
  return unit >= 0x3131 && unit <= 0xd7a3 && (unit >= 0xac00 || unit <= 0x318e);
}

function addName(name: string): void {
  const read = ` ${name.slice(0, NAME_UNITS_MAX).toLowerCase()} `;
  if (read.trim() === "") return;
  scratch.add(hashText(NAME_SEED, read), -1, -1);
  for (let from = 0; from + GROUP_MIN <= read.length; from++) {
    scratch.add(hashText(NAME_SEED, read.slice(from, from + GROUP_MIN)), -1, -1);
  }
}
