import type { Fact, Signal } from "../signal.ts";
import { type NormalisedText, spansInBody } from "../text.ts";
import { reversesText } from "../text/bidi.ts";
import { SPACELESS_BITS } from "../text/characters.ts";
import { measureGibberish } from "../text/gibberish.ts";
import { proseWords } from "../text/links.ts";
import { findMaskedWords } from "../text/masked-words.ts";
import { countStyle } from "../text/style-counts.ts";

const SHOUTING_LETTERS_MIN = 20;
/** A run of one character is worth pointing at from here. */
const RUN_SHOWN_MIN = 4;
/** In scripts without spaces a word is about two characters long. */
const SPACELESS_WORD_LENGTH = 2;

/** How the comment is written. */
export const styleSignal: Signal = {
  name: "style",
  version: 1,
  deadlineMs: 50,
  facts: {
    "style.length": { type: "int", description: "Length in Unicode code points, as written" },
    "style.words": {
      type: "int",
      description: "Words; in scripts without spaces (Chinese, Japanese, Thai, …) half the letters",
    },
    "style.shouting": {
      type: "double",
      description: "Share of capitals among letters that have case, 0 to 1; only from 20 such letters on",
    },
    "style.repeatedChars": {
      type: "int",
      description: "Longest run of one letter or sign (not of digits, dots, dashes, brackets or ㅋ)",
    },
    "style.emojiShare": {
      type: "double",
      description: "Share of emoji among the visible characters, 0 to 1",
    },
    "style.gibberish": {
      type: "double",
      description:
        "Share of letters in words that nobody could pronounce, 0 to 1; Latin, Cyrillic and Hangul only",
    },
    "style.invisible": {
      type: "int",
      description: "Invisible characters that neither spelling nor emoji need",
    },
    "style.bidi": { type: "bool", description: "It can show in another order than it was written in" },
    "style.mixedScript": { type: "int", description: "Words that mix look-alike letters of several scripts" },
    "style.masked": { type: "int", description: "Words with letters replaced by signs, as in f*ck" },
  },
  run({ text }) {
    const counts = countStyle(text.body);
    const { longestRun, upper, lower } = counts;
    const facts: Record<string, Fact> = {
      "style.length": { value: counts.codePoints },
      "style.words": { value: countWords(text) },
      "style.repeatedChars": { value: longestRun.length },
      "style.invisible": { value: text.hidden.count },
      "style.bidi": { value: text.hidden.count > 0 && reversesText(text.body) },
      "style.mixedScript": withPlaces(text, text.mixedScriptWords),
      "style.masked": withPlaces(text, findMaskedWords(text.plain)),
    };
    if (longestRun.length >= RUN_SHOWN_MIN) {
      const { start, end } = longestRun;
      facts["style.repeatedChars"] = { value: longestRun.length, spans: [{ start, end }] };
    }
    if (text.hidden.count > 0)
      facts["style.invisible"] = { value: text.hidden.count, spans: text.hidden.spans };
    if (upper + lower >= SHOUTING_LETTERS_MIN) facts["style.shouting"] = { value: upper / (upper + lower) };
    if (counts.visible > 0) facts["style.emojiShare"] = { value: counts.emoji / counts.visible };
    const gibberish = measureGibberish(proseWords(text));
    if (gibberish !== undefined) {
      const spans = spansInBody(text, gibberish.words);
      facts["style.gibberish"] = spans.length === 0 ? { value: 0 } : { value: gibberish.share, spans };
    }
    return facts;
  },
};

function countWords(text: NormalisedText): number {
  let words = 0;
  for (const { scripts, start, end } of text.words) {
    words += (scripts & SPACELESS_BITS) === 0 ? 1 : Math.ceil((end - start) / SPACELESS_WORD_LENGTH);
  }
  return words;
}

function withPlaces(text: NormalisedText, places: readonly { start: number; end: number }[]): Fact {
  return places.length === 0 ? { value: 0 } : { value: places.length, spans: spansInBody(text, places) };
}
