import { commonness, type KnownWords } from "./known-words.ts";
import { type Place, readKnownWord } from "./read-known-word.ts";

/** A run of more letters than two is no spelling. */
const RUN_MAX = 2;
/** So many runs, all of them even, are a word with every letter doubled. */
const DOUBLED_RUNS_MIN = 3;
/** Spelling doubles two letters ("Merritt"), but hardly ever three, nor these. */
const DOUBLES_MIN = 3;
const SELDOM_DOUBLE = "ahijkquvwxy";
/** A rare name is no misspelling of a rarer word. */
const COMMONNESS_MIN = 3;

/** A word without the letters that were only repeated: "stuuupid", "iiddiioott", "assshole"; the commonest word that this can be. */
export function evenRepeats(word: string, known: KnownWords): string {
  let runs = runsOf(word);
  const isStretched = runs.some(({ length }) => length > RUN_MAX);
  const isDoubled = runs.length >= DOUBLED_RUNS_MIN && runs.every(({ length }) => length % 2 === 0);
  if (isDoubled) runs = runs.map(({ letter, length }) => ({ letter, length: length / 2 }));
  const isSuspicious = isStretched || isDoubled || isOddlyDoubled(runs);
  if (!isSuspicious || (!isStretched && commonness(known, word) > 0)) return word;
  return (
    readRuns(runs, known, false, 1) ??
    readRuns(runs, known, true, isStretched ? 1 : COMMONNESS_MIN) ??
    spell(runs)
  );
}

function isOddlyDoubled(runs: readonly Run[]): boolean {
  const doubles = runs.filter(({ length }) => length === 2);
  const isOdd = doubles.some(({ letter }) => SELDOM_DOUBLE.includes(letter));
  return doubles.length >= DOUBLES_MIN || (isOdd && doubles.length > 1);
}

type Run = { letter: string; length: number };

function runsOf(word: string): Run[] {
  const runs: Run[] = [];
  for (const letter of word) {
    const last = runs.at(-1);
    // Digits, which are read as "#", are no spelling.
    if (last?.letter === letter && letter !== "#") last.length++;
    else runs.push({ letter, length: 1 });
  }
  return runs;
}

/** The known word that the runs make, the long ones (or all of two and more) read as one letter or two. */
function readRuns(
  runs: readonly Run[],
  known: KnownWords,
  isEveryDoubleInDoubt: boolean,
  least: number,
): string | undefined {
  const places = runs.flatMap(({ letter, length }): Place[] => {
    if (length > RUN_MAX || (length === RUN_MAX && isEveryDoubleInDoubt))
      return [{ letters: letter, isRepeated: true }];
    return Array.from({ length }, () => ({ letters: letter, isRepeated: false }));
  });
  const read = readKnownWord(places, known);
  return read !== undefined && read.commonness >= least ? read.text : undefined;
}

/** As it is spelled when nothing is known: once what was there more than twice. */
function spell(runs: readonly Run[]): string {
  return runs.map(({ letter, length }) => (length > RUN_MAX ? letter : letter.repeat(length))).join("");
}
