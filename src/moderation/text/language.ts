import { classOf, codePointAt, LETTER, type ScriptName, scriptName, scriptOf } from "./characters.ts";
import type { Word } from "./word.ts";
import { unitAt } from "./unit-at.ts";

/** A text's language with how sure that is, 0 to 1. */
export type DetectedLanguage = {
  /** ISO 639-1. */
  language: string;
  confidence: number;
};

/** Scores by ISO 639-1 code: x / (x + 25) of a mean weight of letter groups; 0 for none. Those of a scorer are its last text's. */
export type LanguageScores = { readonly languages: readonly string[]; readonly scores: Float64Array };
export type LanguageScorer = (sample: string) => LanguageScores;

/**
 * What the scripts of a text say: its language, if the script has only one (Hangul, Greek, …); the sample that a scorer
 * must decide; or undefined when there are too few letters.
 */
export function readScripts(
  words: readonly Word[],
): DetectedLanguage | { sample: string; letters: number } | undefined {
  const sample = takeSample(words);
  const ascii = countAsciiLetters(sample);
  if (ascii !== undefined) return ascii < SCORED_LETTERS_MIN ? undefined : { sample, letters: ascii };
  const { letters, byScript } = countLetters(sample);
  const hangul = byScript.get("Hangul") ?? 0;
  const kana = (byScript.get("Hiragana") ?? 0) + (byScript.get("Katakana") ?? 0);
  const han = byScript.get("Han") ?? 0;
  // Korean and Japanese carry Latin and Han along; a share of their own script tells.
  if (hangul >= OWN_SCRIPT_LETTERS_MIN && hangul >= letters * 0.3) return { language: "ko", confidence: 1 };
  if (kana >= 2 && kana + han >= letters * 0.5)
    return { language: "ja", confidence: kana > han * 0.1 ? 1 : 0.5 };
  for (const [script, count] of byScript) {
    const language = LANGUAGE_OF_SCRIPT[script];
    if (language !== undefined && count >= OWN_SCRIPT_LETTERS_MIN && count > letters / 2) {
      return { language, confidence: count / letters };
    }
  }
  return letters < SCORED_LETTERS_MIN ? undefined : { sample, letters };
}

/**
 * The likeliest language among the scores, without those whose alphabet lacks a letter of the sample. The confidence was
 * fitted to 38,000 English and Russian samples: the error halves with every 1.5 letters' worth of lead over the next.
 */
export function chooseLanguage(
  scores: LanguageScores,
  { sample, letters }: { sample: string; letters: number },
): DetectedLanguage | undefined {
  const best = likeliest(scores, sample, undefined);
  if (best === undefined) return undefined;
  const next = likeliest(scores, sample, languageGroup(best.language));
  const lead = 1 - weight(next?.score ?? 0) / weight(best.score);
  return { language: best.language, confidence: 1 - 0.5 * Math.exp(-0.45 * lead * letters) };
}

/** The best of the languages outside a group whose alphabet has all the letters; the first, of equals. */
function likeliest(
  { languages, scores }: LanguageScores,
  sample: string,
  exceptGroup: string | undefined,
): { language: string; score: number } | undefined {
  let best = -1;
  for (let index = 0; index < languages.length; index++) {
    const language = languages[index] ?? "";
    if ((scores[index] ?? 0) <= (scores[best] ?? 0) || languageGroup(language) === exceptGroup) continue;
    if (!FOREIGN_LETTERS[language]?.test(sample)) best = index;
  }
  const language = languages[best];
  return language === undefined ? undefined : { language, score: scores[best] ?? 0 };
}

/** Languages too close to be told apart in a comment go by the name of one of them. */
export function languageGroup(language: string): string {
  return CLOSE_TO[language] ?? language;
}

const CLOSE_TO: Readonly<Record<string, string>> = { da: "no", sr: "hr", sk: "cs" };
const OWN_SCRIPT_LETTERS_MIN = 4;
const SCORED_LETTERS_MIN = 20;
/** More letters cost time and change nothing. */
const SAMPLE_UNITS_MAX = 120;

const LANGUAGE_OF_SCRIPT: Partial<Record<ScriptName, string>> = {
  Greek: "el",
  Armenian: "hy",
  Han: "zh",
  Hebrew: "he",
  Bengali: "bn",
  Gurmukhi: "pa",
  Gujarati: "gu",
  Oriya: "or",
  Tamil: "ta",
  Telugu: "te",
  Kannada: "kn",
  Malayalam: "ml",
  Sinhala: "si",
  Thai: "th",
  Lao: "lo",
  Khmer: "km",
  Myanmar: "my",
  Georgian: "ka",
  Ethiopic: "am",
};

/** Letters that the language's alphabet does not have: one of them rules it out. */
const FOREIGN_LETTERS: Readonly<Record<string, RegExp>> = {
  uk: /[ыэъёўј]/u,
  ru: /[іїєґўј]/u,
  be: /[ищъїєґј]/u,
  bg: /[ыэёіїєґўј]/u,
  sr: /[йщъыьэюяёіїєґў]/u,
};

function takeSample(words: readonly Word[]): string {
  let sample = "";
  for (const { text } of words) {
    sample += sample === "" ? text : ` ${text}`;
    if (sample.length >= SAMPLE_UNITS_MAX) break;
  }
  const cut = sample.slice(0, SAMPLE_UNITS_MAX * 2);
  // Letters drawn out ("sooooo") look like another language.
  return mayDrawOut(cut) ? cut.replaceAll(DRAWN_OUT, "$1") : cut;
}

const DRAWN_OUT = /(\p{L})\1{2,}/gu;

/** Whether one unit comes three times in a row, or there are letters of two units. */
function mayDrawOut(sample: string): boolean {
  let last = 0;
  let run = 0;
  const { length } = sample;
  for (let index = 0; index < length; index++) {
    const unit = unitAt(sample, index);
    run = unit === last ? run + 1 : 1;
    if (run === 3 || (unit >= 0xd800 && unit <= 0xdfff)) return true;
    last = unit;
  }
  return false;
}

/** undefined: not only ASCII, and so perhaps of several scripts. */
function countAsciiLetters(sample: string): number | undefined {
  let letters = 0;
  const { length } = sample;
  for (let index = 0; index < length; index++) {
    const unit = unitAt(sample, index);
    if (unit > 0x7f) return undefined;
    const lower = unit | 0x20;
    if (lower >= 0x61 && lower <= 0x7a) letters++;
  }
  return letters;
}

function countLetters(sample: string): { letters: number; byScript: Map<ScriptName, number> } {
  const counts: number[] = [];
  let letters = 0;
  const { length } = sample;
  for (let index = 0; index < length; index++) {
    const kind = classOf(codePointAt(sample, index));
    if ((kind & LETTER) === 0) continue;
    letters++;
    counts[scriptOf(kind)] = (counts[scriptOf(kind)] ?? 0) + 1;
  }
  const byScript = new Map<ScriptName, number>();
  for (const [script, count] of counts.entries()) {
    const name = scriptName(script);
    if (name !== undefined && count > 0) byScript.set(name, count);
  }
  return { letters, byScript };
}

/** The weight behind a score. */
function weight(score: number): number {
  return score / (1 - score);
}
