import { CYRILLIC, HANGUL, LATIN } from "../text/characters.ts";
import type { Word } from "../text/word.ts";
import { kindsOf, WORTH_HIDING } from "./lexicon.ts";

/** Letters of a piece of a word that was taken apart, and pieces that are put together at most. */
const PIECE_UNITS_MAX = 3;
const PIECES_MAX = 8;
const GAP_UNITS_MAX = 2;
/** Letters that spell a word need fewer than pieces do: "ч м о", "дро чи". */
const SPELLED_UNITS_MIN = 3;
const PIECED_UNITS_MIN = 4;

export type Joined = { text: string; start: number; end: number };

/** Words of the lexicon that were taken apart by spaces or dots: "ч м о", "су ка", "시 발". */
export function joinPieces(words: readonly Word[]): Joined[] {
  const joined: Joined[] = [];
  for (let first = 0; first < words.length - 1; first++) {
    const word = words[first];
    if (word === undefined || word.text.length > PIECE_UNITS_MAX) continue;
    const found = joinFrom(words, first);
    if (found === undefined) continue;
    joined.push(found);
    while ((words[first + 1]?.start ?? Infinity) < found.end) first++;
  }
  return joined;
}

function joinFrom(words: readonly Word[], first: number): Joined | undefined {
  const begin = words[first];
  if (begin === undefined || !JOINED_SCRIPTS.has(begin.scripts)) return undefined;
  let read = begin.text;
  let isSpelled = read.length === 1;
  let isOneLetter = isSpelled;
  let hasWord = SHORT_WORDS.has(read);
  let found: Joined | undefined;
  for (let last = first + 1; last < words.length && last - first < PIECES_MAX; last++) {
    const word = words[last];
    const gap = (word?.start ?? 0) - (words[last - 1]?.end ?? 0);
    if (word === undefined || word.scripts !== begin.scripts || gap > GAP_UNITS_MAX) break;
    if (word.text.length > PIECE_UNITS_MAX) break;
    isSpelled &&= word.text.length === 1;
    isOneLetter &&= word.text === begin.text;
    hasWord ||= SHORT_WORDS.has(word.text);
    const before = read;
    read += word.text;
    // Letters may be words too ("а", "и"), pieces may not; English has too many short words to join any.
    const mayHide = isSpelled ? !isOneLetter : !hasWord && begin.scripts === CYRILLIC_BIT;
    const isLong = read.length >= (isSpelled ? spelledMin(begin) : PIECED_UNITS_MIN);
    if (mayHide && isLong && isHiding(read, isSpelled ? "" : before))
      found = { text: read, start: begin.start, end: word.end };
  }
  return found;
}

const CYRILLIC_BIT = 1 << CYRILLIC;
const HANGUL_BIT = 1 << HANGUL;
const JOINED_SCRIPTS = new Set([CYRILLIC_BIT, HANGUL_BIT, 1 << LATIN]);

function spelledMin({ scripts }: Word): number {
  return scripts === HANGUL_BIT ? 2 : SPELLED_UNITS_MIN;
}

/** It is a word of the lexicon, and was none without its last piece. */
function isHiding(read: string, before: string): boolean {
  return (kindsOf(read) & WORTH_HIDING) !== 0 && (before === "" || (kindsOf(before) & WORTH_HIDING) === 0);
}

const SHORT_WORDS = new Set(
  (
    "а б в и к о с у я на по за до не ни но то та те ту ты вы мы он из от об бы же ли ну да их ей ею им ему его ее нет " +
    "как так что кто вот это эта эти все всё был раз два три год при про под над для без или где там тут уж хоть мне нам " +
    "вам нас вас мой моя моё твой наш ваш сам еще ещё чем чём чей дом час день і й з із та що як де це ці цей ще хто нам " +
    "їх їй він ми ви бо чи аж уже так ні ось мій твій"
  ).split(" "),
);
