import { CYRILLIC, HANGUL, LATIN } from "./characters.ts";
import type { Word } from "./word.ts";
import { unitAt } from "./unit-at.ts";

/** Fewer letters tell nothing. */
const LETTERS_MIN = 8;
const JUDGED_BITS = (1 << LATIN) | (1 << CYRILLIC) | (1 << HANGUL);
const PURE = new Set([1 << LATIN, 1 << CYRILLIC, 1 << HANGUL]);

/**
 * How much of a text's letters stand in words that nobody could pronounce, 0 to 1, with those words; undefined when there
 * are too few letters, or most are of scripts that it cannot judge. Like the "pronounceable" check of Discourse's
 * TextSentinel, but by word: seven consonants in a row or six alone, a walk along a row of keys, or single jamo at random that are no
 * laughter. Letters drawn out ("hmmmm") count once.
 */
export function measureGibberish(words: readonly Word[]): { share: number; words: Word[] } | undefined {
  let letters = 0;
  let foreign = 0;
  let unpronounceable = 0;
  const found: Word[] = [];
  for (const word of words) {
    const length = word.end - word.start;
    if ((word.scripts & JUDGED_BITS) === 0) {
      if (word.scripts !== 0) foreign += length;
      continue;
    }
    letters += length;
    if (!PURE.has(word.scripts) || !isUnpronounceable(word)) continue;
    unpronounceable += length;
    found.push(word);
  }
  if (letters < LETTERS_MIN || foreign > letters) return undefined;
  return { share: unpronounceable / letters, words: found };
}

function isUnpronounceable({ text, scripts }: Word): boolean {
  if (text.length < WALK_KEYS_MIN) return false;
  if (isKeyboardWalk(text)) return true;
  if (scripts === 1 << HANGUL) return isJamoSoup(text);
  // What comes together below only makes runs of consonants shorter.
  if (text.length < VOWELLESS_MIN || !VOWELLESS.test(text)) return false;
  const sounds = text.replaceAll(DRAWN_OUT, "$1").replaceAll(ONE_SOUND, "t");
  return UNSPEAKABLE.test(sounds);
}

const VOWELLESS_MIN = 6;
const VOWELLESS = /[bcdfghjklmnpqrstvwxzбвгґджзйклмнпрстфхцчшщ]{6}/u;
const DRAWN_OUT = /(\p{L})\1{2,}/gu;
/** Written with several letters, spoken as one: Rechtsschutz, Knightsbridge, chrząszcz. */
const ONE_SOUND = /sch|[cstpgk]h|[csrd]z|ck/gu;
/** Seven consonants in a row, or six and nothing else. y and the Cyrillic soft sign ease speech and end a run. */
const UNSPEAKABLE =
  /[bcdfghjklmnpqrstvwxzбвгґджзйклмнпрстфхцчшщ]{7}|^[bcdfghjklmnpqrstvwxzбвгґджзйклмнпрстфхцчшщ]{6}$/u;

const KEY_ROWS = [
  "qwertyuiop",
  "asdfghjkl",
  "zxcvbnm",
  "йцукенгшщзхї",
  "фівапролджє",
  "фывапролджэ",
  "ячсмитьбю",
  "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔ",
  "ㅁㄴㅇㄹㅎㅗㅓㅏㅣ",
  "ㅋㅌㅊㅍㅠㅜㅡ",
];
const NEXT_KEYS = new Set(
  KEY_ROWS.flatMap((row) => Array.from(row, (key, i) => pairOf(unitAt(key, 0), unitAt(row, i + 1) || 0))),
);
const WALK_KEYS_MIN = 4;
const STEP_KEYS_MIN = 3;

/** Neighbouring keys in one direction ("asdf"), or several such walks of three keys or more and nothing else ("asdasd"). */
function isKeyboardWalk(word: string): boolean {
  let keys = 1;
  let direction = 0;
  const { length } = word;
  for (let i = 1; i < length; i++) {
    const step = directionOf(unitAt(word, i - 1), unitAt(word, i));
    if (step !== 0 && (direction === 0 || step === direction)) {
      keys++;
      direction = step;
    } else if (keys < STEP_KEYS_MIN) return false;
    else {
      keys = 1;
      direction = 0;
    }
  }
  return keys >= STEP_KEYS_MIN;
}

function directionOf(from: number, to: number): number {
  if (NEXT_KEYS.has(pairOf(from, to))) return 1;
  return NEXT_KEYS.has(pairOf(to, from)) ? -1 : 0;
}

function pairOf(from: number, to: number): number {
  return from * 0x10000 + to;
}

const JAMO_MIN = 6;
const JAMO_KINDS_MIN = 4;

/** Single jamo at random, without those of laughter and tears; shorter runs are initials ("ㅇㅈ", "ㅆㅅㅌㅊ"). */
function isJamoSoup(word: string): boolean {
  const jamo = word.replaceAll(/[ㅋㅎㅠㅜㅡ]|(.)(?=\1)/gu, "");
  return /^[ㄱ-ㅣ]+$/u.test(jamo) && jamo.length >= JAMO_MIN && new Set(jamo).size >= JAMO_KINDS_MIN;
}
