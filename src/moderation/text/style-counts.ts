import {
  classOf,
  codePointAt,
  DIGIT,
  EMOJI,
  INVISIBLE,
  JOINS,
  LETTER,
  LOWER,
  SPACE,
  unitsOf,
  UPPER,
} from "./characters.ts";

/** What one pass over a body counts. */
export type StyleCounts = {
  codePoints: number;
  upper: number;
  lower: number;
  /** Visible characters but spaces; an emoji sequence is one. */
  visible: number;
  emoji: number;
  longestRun: { length: number; start: number; end: number };
};

let last: { body: string; counts: StyleCounts } | undefined;

/** Counts in one pass, in the body as written. Of the last body it knows them: several ask for the same one after another. */
export function countStyle(body: string): StyleCounts {
  if (last?.body !== body) last = { body, counts: count(body) };
  return last.counts;
}

function count(body: string): StyleCounts {
  const counts = { codePoints: 0, upper: 0, lower: 0, visible: 0, emoji: 0 };
  let longestRun = { length: 0, start: 0, end: 0 };
  // No object: a new run begins with nearly every character.
  let runOf = -1;
  let runLength = 0;
  let runStart = 0;
  let isAfterJoiner = false;
  let isHalfFlag = false;
  const { length } = body;
  for (let index = 0; index < length;) {
    const codePoint = codePointAt(body, index);
    const kind = classOf(codePoint);
    const next = index + unitsOf(codePoint);
    counts.codePoints++;
    if ((kind & UPPER) !== 0) counts.upper++;
    else if ((kind & LOWER) !== 0) counts.lower++;
    if ((kind & (SPACE | INVISIBLE | JOINS)) === 0 && !isSkinTone(codePoint)) {
      const isSecondHalf: boolean = isHalfFlag && isRegionalIndicator(codePoint);
      if (!isAfterJoiner && !isSecondHalf) {
        counts.visible++;
        if ((kind & EMOJI) !== 0) counts.emoji++;
      }
      isHalfFlag = isRegionalIndicator(codePoint) && !isSecondHalf;
    }
    isAfterJoiner = codePoint === ZERO_WIDTH_JOINER;
    if (codePoint === runOf) runLength++;
    else if ((kind & INVISIBLE) === 0) {
      runOf = codePoint;
      runLength = 1;
      runStart = index;
    }
    if (runLength > longestRun.length && countsAsRepeat(codePoint, kind)) {
      longestRun = { length: runLength, start: runStart, end: next };
    }
    index = next;
  }
  return { ...counts, longestRun };
}

const ZERO_WIDTH_JOINER = 0x200d;
const ORDINARY_REPEATS = new Set(
  Array.from("()[]{}-–—_=+~*.,…#·•/\\|<>:'\"", (sign) => codePointAt(sign, 0)),
);

/** Letters, ! ? and other signs. Not spaces, digits, rules and dots, smiling brackets, nor jamo (ㅋㅋㅋ is how one laughs). */
function countsAsRepeat(codePoint: number, kind: number): boolean {
  if ((kind & (SPACE | INVISIBLE | JOINS | DIGIT)) !== 0 || ORDINARY_REPEATS.has(codePoint)) return false;
  const isJamo = codePoint >= 0x3131 && codePoint <= 0x318e;
  return !isJamo || (kind & LETTER) === 0;
}

function isSkinTone(codePoint: number): boolean {
  return codePoint >= 0x1f3fb && codePoint <= 0x1f3ff;
}

function isRegionalIndicator(codePoint: number): boolean {
  return codePoint >= 0x1f1e6 && codePoint <= 0x1f1ff;
}
