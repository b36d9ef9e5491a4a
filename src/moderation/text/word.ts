import { classOf, codePointAt, LETTER, scriptOf, unitsOf, WORD } from "./characters.ts";

/** A run of letters, marks and numbers (an apostrophe between letters belongs to it). Scripts without spaces give long runs. */
export type Word = {
  text: string;
  /** UTF-16 offsets into the normalised text; `end` is exclusive. */
  start: number;
  end: number;
  /** Bit `1 << script` for each script among its letters. */
  scripts: number;
};

const APOSTROPHE = 0x27;

/** The words of a normalised text, in order. */
export function splitWords(plain: string): Word[] {
  const words: Word[] = [];
  let start = -1;
  let scripts = 0;
  let index = 0;
  const { length } = plain;
  while (index < length) {
    const codePoint = codePointAt(plain, index);
    const kind = classOf(codePoint);
    const inWord =
      (kind & WORD) !== 0 || (codePoint === APOSTROPHE && start >= 0 && isLetterAt(plain, index + 1));
    if (inWord) {
      if (start < 0) start = index;
      if ((kind & LETTER) !== 0) scripts |= 1 << scriptOf(kind);
    } else if (start >= 0) {
      words.push({ text: plain.slice(start, index), start, end: index, scripts });
      start = -1;
      scripts = 0;
    }
    index += unitsOf(codePoint);
  }
  if (start >= 0) words.push({ text: plain.slice(start), start, end: plain.length, scripts });
  return words;
}

function isLetterAt(plain: string, index: number): boolean {
  return (classOf(codePointAt(plain, index)) & LETTER) !== 0;
}
