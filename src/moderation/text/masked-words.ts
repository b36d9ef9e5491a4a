/** A word with letters hidden behind signs, "f*ck", "бл@ть". Offsets are those of the normalised text. */
export type MaskedWord = {
  text: string;
  start: number;
  end: number;
};

const MASKED_WORDS_MAX = 20;
/** Longer ones are something else: an address, a formula, a line of markup. */
const MASKED_LETTERS_MAX = 16;
const CHUNK_UNITS_MAX = 40;

/** The words of a normalised text that have one to three signs among their letters. */
export function findMaskedWords(plain: string): MaskedWord[] {
  if (!SIGN_BEFORE_LETTER.test(plain)) return [];
  const found: MaskedWord[] = [];
  for (const chunk of plain.matchAll(/\S+/gu)) {
    if (found.length >= MASKED_WORDS_MAX) break;
    if (chunk[0].length > CHUNK_UNITS_MAX) continue;
    const match = MASKED.exec(chunk[0]);
    const text = match?.[1];
    if (match === null || text === undefined || text.length > MASKED_LETTERS_MAX) continue;
    const start = chunk.index + chunk[0].indexOf(text);
    found.push({ text, start, end: start + text.length });
  }
  return found;
}

/** Whether a word has the masked word's length and its visible letters. */
export function isMaskOf(masked: string, word: string, length: number): boolean {
  for (let i = 0; i < length; i++) {
    if (masked[i] !== word[i] && !MASK_SIGNS.includes(masked[i] ?? "")) return false;
  }
  return true;
}

const MASK_SIGNS = "*@$%";
const SIGN_BEFORE_LETTER = /[*@$%]\p{L}/u;
/** Few letters at a time: "again*loving" is two words. Bounded by the chunk's length, so its backtracking is too. */
const MASKED = /^[^\p{L}@]*(\p{L}{1,8}(?:[*@$%]{1,3}\p{L}{1,5})+)[^\p{L}\d@.]*(?:[.!?…][^\p{L}]*)?$/u;
