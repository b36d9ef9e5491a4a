import { type Span, SPANS_MAX } from "./signal.ts";
import { foldText } from "./text/fold.ts";
import type { HiddenCharacters } from "./text/hidden.ts";
import { undisguise } from "./text/undisguise.ts";
import { splitWords, type Word } from "./text/word.ts";

/** A text in the forms that the signals, the fingerprint and the model read; made once per comment. */
export type NormalisedText = {
  /** As the author wrote it. */
  readonly body: string;
  /**
   * NFKC, lower-cased, ς as σ and typographic apostrophes as ', invisible characters removed, whitespace runs one space,
   * trimmed. Letters keep their script.
   */
  readonly plain: string;
  readonly words: readonly Word[];
  /**
   * The words with disguises undone (mixed scripts, "v1agra", "v.i.a.g.r.a" read as what they imitate), for matching
   * only. The same array as `words` when nothing is disguised. Offsets are those of `plain`.
   */
  readonly skeletonWords: readonly Word[];
  /** Words of `plain` that mix look-alike scripts (Latin, Cyrillic, Greek, …) as no spelling does. */
  readonly mixedScriptWords: readonly Word[];
  readonly hidden: HiddenCharacters;
  /** Where each unit of `plain` begins in the body (one more for the end); null when they coincide. */
  readonly offsets: Int32Array | null;
};

/**
 * Normalises a comment's body. Linear in its length, never throws (lone surrogates stay as they are). Marks past the
 * 30th on one base are dropped (Stream-Safe Text Format, UAX #15 §13), for sorting them is quadratic.
 */
export function normaliseText(body: string): NormalisedText {
  const hidden: HiddenCharacters = { count: 0, spans: [] };
  const isSimple = PRINTABLE_ASCII.test(body) && !SPACING_TO_COLLAPSE.test(body);
  const { plain, offsets } = isSimple ? { plain: body.toLowerCase(), offsets: null } : foldText(body, hidden);
  const words = splitWords(plain);
  const { skeletonWords, mixedScriptWords } = undisguise(plain, words);
  return { body, plain, words, skeletonWords, mixedScriptWords, hidden, offsets };
}

/** The text with disguises undone, words only, joined by spaces. */
export function skeletonOf(text: NormalisedText): string {
  return text.skeletonWords.map((word) => word.text).join(" ");
}

/** The piece of the body that `plain.slice(start, end)` was made from. */
export function spanInBody(text: NormalisedText, start: number, end: number): Span {
  const { offsets } = text;
  if (offsets === null) return { start, end };
  const last = offsets[end - 1] ?? 0;
  let after = end;
  // Units that came of one cluster ("㎞" → "km") share its offset: the span takes the whole cluster.
  while (after < offsets.length - 1 && offsets[after] === last) after++;
  return { start: offsets[start] ?? 0, end: offsets[after] ?? text.body.length };
}

/** The same for many places, at most {@link SPANS_MAX}. */
export function spansInBody(text: NormalisedText, places: readonly { start: number; end: number }[]): Span[] {
  return places.slice(0, SPANS_MAX).map(({ start, end }) => spanInBody(text, start, end));
}

const PRINTABLE_ASCII = /^[\n\r\t\x20-\x7e]*$/;
const SPACING_TO_COLLAPSE = /^\s|\s\s|[\n\r\t]|\s$/;
