import type { RepeatMatch, Signal } from "../signal.ts";
import type { Word } from "../text/word.ts";

/** Shorter texts ("Thank you!") are written by many: only the author's own repeats of them count. */
const TELLING_LETTERS_MIN = 20;
const IDS_MAX = 10;

/** Earlier comments of the site with the same or nearly the same text. */
export const repeatsSignal: Signal = {
  name: "repeats",
  version: 1,
  deadlineMs: 50,
  facts: {
    "repeats.exact": { type: "int", description: "Earlier comments with the same text" },
    "repeats.near": { type: "int", description: "Earlier comments with nearly the same text" },
    "repeats.otherAuthors": { type: "int", description: "Those of both that came from other authors" },
    "repeats.otherThreads": { type: "int", description: "Those of both that stand under other articles" },
    "repeats.rejected": { type: "int", description: "Those of both that were rejected or marked as spam" },
  },
  run({ repeats, text }) {
    const isTelling = hasLetters(text.words, TELLING_LETTERS_MIN);
    const matches = repeats.matches.filter((match) => isTelling || match.authorIsSame);
    const count = (test: (match: RepeatMatch) => boolean) => {
      const found = matches.filter(test);
      if (found.length === 0) return { value: 0 };
      return {
        value: found.length,
        detail: { comments: found.slice(0, IDS_MAX).map((match) => match.commentId) },
      };
    };
    return {
      "repeats.exact": count((match) => match.distance === 0),
      "repeats.near": count((match) => match.distance > 0),
      "repeats.otherAuthors": count((match) => !match.authorIsSame),
      "repeats.otherThreads": count((match) => !match.threadIsSame),
      "repeats.rejected": count((match) => match.status === "rejected" || match.status === "spam"),
    };
  },
};

function hasLetters(words: readonly Word[], min: number): boolean {
  let letters = 0;
  for (const { start, end } of words) {
    letters += end - start;
    if (letters >= min) return true;
  }
  return false;
}
