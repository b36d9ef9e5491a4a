import { ARMENIAN, CHEROKEE, COPTIC, CYRILLIC, GREEK, LATIN } from "./characters.ts";
import { AS_CYRILLIC, AS_LATIN, DIGIT_AS_CYRILLIC, DIGIT_AS_LATIN, SOUNDS_CYRILLIC } from "./look-alikes.ts";
import type { Word } from "./word.ts";

const LATIN_BIT = 1 << LATIN;
const CYRILLIC_BIT = 1 << CYRILLIC;
const GREEK_BIT = 1 << GREEK;
const LOOK_ALIKE_BITS =
  LATIN_BIT | CYRILLIC_BIT | GREEK_BIT | (1 << ARMENIAN) | (1 << CHEROKEE) | (1 << COPTIC);
/** Fewer single letters in a row are initials ("J. R. R."), not a word spelled out. */
const SPELLED_LETTERS_MIN = 4;
const SPELLED_GAP_MAX = 2;

/**
 * Reads disguised words as what they imitate: mixed scripts in the script that fits all their letters ("дeбuл" →
 * "дебил", "саsinо" → "casino"), digits among letters ("v1agra"), letters spelled out ("в.и.а.г.р.а"), small capitals, and
 * Cyrillic words made only of look-alikes in a Latin text. Words of one script are otherwise left alone.
 */
export function undisguise(
  plain: string,
  words: Word[],
): { skeletonWords: readonly Word[]; mixedScriptWords: readonly Word[] } {
  const suspects = findSuspects(plain, words);
  if (suspects === NOTHING) return { skeletonWords: words, mixedScriptWords: [] };
  const joined = (suspects & SPELLED_OUT) === 0 ? words : joinSpelledOut(words);
  const dominant = dominantScript(words);
  const mixedScriptWords: Word[] = [];
  const skeletonWords: Word[] = [];
  for (const word of joined) {
    if (isMixed(word) && !isHonestMix(word, dominant)) mixedScriptWords.push(word);
    const text = undoDigits(readAsOneScript(word, dominant), word.scripts);
    if (text === word.text) skeletonWords.push(word);
    else if (text !== "") skeletonWords.push({ ...word, text });
  }
  return { skeletonWords, mixedScriptWords };
}

const NOTHING = 0;
const DISGUISED = 1;
const SPELLED_OUT = 2;

function findSuspects(plain: string, words: Word[]): number {
  let suspects = NOTHING;
  if (DIGIT_BY_LETTER.test(plain) || SMALL_CAPITAL.test(plain) || plain.search(LOOSE_MARKS) >= 0) {
    suspects = DISGUISED;
  }
  let seen = 0;
  let spelled = 0;
  for (const word of words) {
    seen |= word.scripts;
    spelled = isSingleLetter(word) ? spelled + 1 : 0;
    if (spelled >= SPELLED_LETTERS_MIN) suspects |= SPELLED_OUT;
  }
  // Only a text that holds two look-alike scripts can hold a word that mixes them or imitates the other.
  return isSeveral(seen & LOOK_ALIKE_BITS) ? suspects | DISGUISED : suspects;
}

const SMALL_CAPITAL = /[ɑɡɢɩɪɴʀʙʜʟʏᴀ-ᴢꜰꜱ]/u;
const DIGIT_BY_LETTER = /\d\p{L}/u;
/** Marks that NFKC could not compose: strokes through letters, stacks of them, stress marks. */
const LOOSE_MARKS = /(?=\p{Mn})[\p{Script=Inherited}\p{Script=Cyrillic}]/gu;

function isSeveral(bits: number): boolean {
  return (bits & (bits - 1)) !== 0;
}

function isMixed(word: Word): boolean {
  return isSeveral(word.scripts & LOOK_ALIKE_BITS);
}

function isSingleLetter(word: Word): boolean {
  return word.text.length === 1 && (word.scripts & LOOK_ALIKE_BITS) !== 0;
}

function joinSpelledOut(words: Word[]): Word[] {
  const joined: Word[] = [];
  let index = 0;
  while (index < words.length) {
    let after = index;
    let scripts = 0;
    let text = "";
    for (let word = words[after]; word !== undefined && isSingleLetter(word); word = words[after]) {
      const before = words[after - 1];
      if (after > index && before !== undefined && word.start - before.end > SPELLED_GAP_MAX) break;
      scripts |= word.scripts;
      text += word.text;
      after++;
    }
    const first = words[index];
    const last = words[after - 1];
    if (first !== undefined && last !== undefined && after - index >= SPELLED_LETTERS_MIN) {
      joined.push({ text, start: first.start, end: last.end, scripts });
      index = after;
    } else {
      if (first !== undefined) joined.push(first);
      index++;
    }
  }
  return joined;
}

/** The script of most letters in words of one script, Latin or Cyrillic; 0 when neither occurs. */
function dominantScript(words: Word[]): number {
  let latin = 0;
  let cyrillic = 0;
  for (const word of words) {
    if (word.scripts === LATIN_BIT) latin += word.text.length;
    else if (word.scripts === CYRILLIC_BIT) cyrillic += word.text.length;
  }
  if (latin === cyrillic) return 0;
  return latin > cyrillic ? LATIN : CYRILLIC;
}

/** Inflected foreign names (iPhone or PDF with a Cyrillic ending) and units ("5μm") mix scripts honestly. */
function isHonestMix(word: Word, dominant: number): boolean {
  if ((word.scripts & GREEK_BIT) !== 0) {
    const greek = word.text.match(/\p{Script=Greek}/gu) ?? [];
    return greek.length === 1 && UNIT_LETTERS.includes(greek.join(""));
  }
  return dominant === CYRILLIC && INFLECTED_NAME.test(word.text);
}

const UNIT_LETTERS = "μωπδλ";
/** The Latin part has a letter that no Cyrillic one is drawn like, else it is the disguise. */
const INFLECTED_NAME = /^(?=[a-z\d]*[dfgijlnqrsuvwz])[a-z\d]{2,}[\p{Script=Cyrillic}']{1,6}$/u;

function readAsOneScript(word: Word, dominant: number): string {
  const text = word.text.replace(LOOSE_MARKS, "");
  const { scripts } = word;
  if (!isMixed(word)) {
    if (scripts === LATIN_BIT) return SMALL_CAPITAL.test(text) ? translate(text, AS_LATIN) : text;
    if (scripts !== CYRILLIC_BIT || dominant !== LATIN) return text;
    return fits(text, AS_LATIN, CYRILLIC_LETTER) ? translate(text, AS_LATIN) : text;
  }
  const asLatin = fits(text, AS_LATIN, NOT_LATIN_LETTER);
  const isTwoScripts = (scripts & LOOK_ALIKE_BITS) === (LATIN_BIT | CYRILLIC_BIT);
  if (isTwoScripts && fits(text, AS_CYRILLIC, LATIN_LETTER)) {
    const prefersCyrillic = dominant === CYRILLIC && !INFLECTED_NAME.test(text);
    if (!asLatin || prefersCyrillic) return translate(text, AS_CYRILLIC);
  }
  if (asLatin) return translate(text, AS_LATIN);
  if (isTwoScripts && fits(text, SOUNDS_CYRILLIC, LATIN_LETTER) && !INFLECTED_NAME.test(text)) {
    return translate(text, SOUNDS_CYRILLIC);
  }
  return text;
}

const LATIN_LETTER = /\p{Script=Latin}/u;
const CYRILLIC_LETTER = /\p{Script=Cyrillic}/u;
const NOT_LATIN_LETTER = /(?!\p{Script=Latin})\p{L}/u;

/** Whether every letter of the other script has a look-alike. */
function fits(text: string, table: ReadonlyMap<string, string>, other: RegExp): boolean {
  for (const letter of text) if (other.test(letter) && !table.has(letter)) return false;
  return true;
}

function translate(text: string, table: ReadonlyMap<string, string>): string {
  let read = "";
  for (const letter of text) read += table.get(letter) ?? letter;
  return read;
}

function undoDigits(text: string, scripts: number): string {
  if ((scripts & (LATIN_BIT | CYRILLIC_BIT)) === 0) return text;
  if (!DIGIT_BY_LETTER.test(text)) return text;
  const isCyrillic = CYRILLIC_LETTER.test(text);
  const table = isCyrillic ? DIGIT_AS_CYRILLIC : DIGIT_AS_LATIN;
  // Between letters only ("covid19", "2nd" stay), and before a Cyrillic word ("3акон").
  const pattern = isCyrillic ? /(?:^|(?<=\p{L}))\d{1,2}(?=\p{L})/gu : /(?<=\p{L})\d{1,2}(?=\p{L})/gu;
  return text.replace(pattern, (digits) => (fits(digits, table, /\d/u) ? translate(digits, table) : digits));
}
