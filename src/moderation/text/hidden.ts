import type { Span } from "../signal.ts";
import {
  ARMENIAN,
  classOf,
  codePointAt,
  CYRILLIC,
  EMOJI,
  GREEK,
  HAN,
  HANGUL,
  LATIN,
  LETTER,
  scriptOf,
  SPACE,
} from "./characters.ts";
import { unitAt } from "./unit-at.ts";

/** Characters that draw nothing and have no business where they stand. */
export type HiddenCharacters = {
  /** Code points, without those that spelling or emoji need (ZWNJ in Persian, ZWJ and selectors in emoji, a leading BOM). */
  count: number;
  /** Runs of them in the body, at most {@link HIDDEN_SPANS_MAX}. */
  spans: Span[];
};

const HIDDEN_SPANS_MAX = 20;

/** Notes one hidden character of the body; neighbours share a span. */
export function recordHidden(hidden: HiddenCharacters, start: number, end: number): void {
  hidden.count++;
  const last = hidden.spans.at(-1);
  if (last !== undefined && last.end === start) last.end = end;
  else if (hidden.spans.length < HIDDEN_SPANS_MAX) hidden.spans.push({ start, end });
}

export type InvisiblePlace = {
  body: string;
  index: number;
  codePoint: number;
  /** The last visible code point before it, -1 for none. */
  visible: number;
  /** Whether the body has right-to-left letters. */
  isRightToLeft: boolean;
};

/** Whether an invisible code point belongs to ordinary writing, after UTS #51 (emoji) and UAX #31 §2.3 (joiners). */
export function isOrdinaryInvisible({
  body,
  index,
  codePoint,
  visible,
  isRightToLeft,
}: InvisiblePlace): boolean {
  if (codePoint === BYTE_ORDER_MARK) return index === 0;
  // C1 controls are quotation marks of Windows-1252 read wrongly, not tricks.
  if (codePoint >= 0x80 && codePoint <= 0x9f) return true;
  if (isDirectionMark(codePoint)) return isRightToLeft;
  if (visible < 0) return false;
  const before = codePointBefore(body, index);
  if (before !== visible) {
    // One invisible after another carries nothing (or smuggles bytes), but for these two sequences.
    return (
      (codePoint === ZERO_WIDTH_JOINER && isVariationSelector(before)) ||
      (isTag(codePoint) && isTag(before) && visible === BLACK_FLAG)
    );
  }
  if (isTag(codePoint)) return visible === BLACK_FLAG;
  const kind = classOf(visible);
  if ((kind & SPACE) !== 0) return false;
  if (isVariationSelector(codePoint)) return (kind & LETTER) === 0 || scriptOf(kind) === HAN || joins(kind);
  if (codePoint === ZERO_WIDTH_JOINER && ((kind & EMOJI) !== 0 || isSkinTone(visible))) return true;
  return codePoint >= ZERO_WIDTH_SPACE && codePoint <= ZERO_WIDTH_JOINER && joins(kind);
}

const ZERO_WIDTH_SPACE = 0x200b;
const ZERO_WIDTH_JOINER = 0x200d;
const BYTE_ORDER_MARK = 0xfeff;
const BLACK_FLAG = 0x1f3f4;
/** Scripts whose spelling never needs a joiner or a zero-width space. */
const UNJOINED = new Set([LATIN, CYRILLIC, GREEK, ARMENIAN, HANGUL, HAN]);

function joins(kind: number): boolean {
  return (kind & LETTER) === 0 ? scriptOf(kind) !== 0 : !UNJOINED.has(scriptOf(kind));
}

function isDirectionMark(codePoint: number): boolean {
  return codePoint === 0x200e || codePoint === 0x200f || codePoint === 0x61c;
}

function isVariationSelector(codePoint: number): boolean {
  return (
    (codePoint >= 0xfe00 && codePoint <= 0xfe0f) ||
    (codePoint >= 0xe0100 && codePoint <= 0xe01ef) ||
    (codePoint >= 0x180b && codePoint <= 0x180f)
  );
}

function isTag(codePoint: number): boolean {
  return codePoint >= 0xe0020 && codePoint <= 0xe007f;
}

function isSkinTone(codePoint: number): boolean {
  return codePoint >= 0x1f3fb && codePoint <= 0x1f3ff;
}

function codePointBefore(body: string, index: number): number {
  const last = unitAt(body, index - 1);
  const isLowHalf = last >= 0xdc00 && last <= 0xdfff && index > 1;
  const pair = isLowHalf ? codePointAt(body, index - 2) : last;
  return pair > 0xffff ? pair : last;
}
