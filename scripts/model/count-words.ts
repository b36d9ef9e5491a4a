import { KNOWN_UNITS_MAX, type KnownWords, makeKnownWords } from "../../src/moderation/model/known-words.ts";
import { normaliseText } from "../../src/moderation/text.ts";

/** Words as people write them when they hide nothing: letters alone, none three times in a row. */
const PLAIN_WORD = /^(?!.*(\p{L})\1\1)\p{L}+$/u;

/** The words of some texts, spelled as the model reads them, by the number of texts that each is in. */
export function countWords(texts: readonly string[]): KnownWords {
  const counts = new Map<string, number>();
  for (const text of texts) {
    const words = normaliseText(text).words.map((word) => word.text.replaceAll("'", "").replaceAll("ё", "е"));
    for (const word of new Set(words)) {
      if (word.length > KNOWN_UNITS_MAX || !PLAIN_WORD.test(word)) continue;
      counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  }
  return makeKnownWords(counts);
}
