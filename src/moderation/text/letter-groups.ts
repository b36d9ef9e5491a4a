import { readFile } from "node:fs/promises";
import type { LanguageScorer } from "./language.ts";
import { GROUP_BYTES_MAX, type LetterGroups, parseLetterGroups } from "./letter-groups-file.ts";

// The method and the weights of `eld` (Efficient Language Detector, Nito T.M., Apache-2.0, https://github.com/nitotm), its
// smallest set of 60 languages. Its own form, an object of objects, takes 90 MB and a third of a second to load; as bytes it is 2 MB.

const FILE = new URL("letter-groups.bin", import.meta.url);
let loaded: Promise<LanguageScorer> | undefined;

/** Reads the table, once per process; milliseconds. @throws when the file is damaged */
export function loadLetterGroups(): Promise<LanguageScorer> {
  loaded ??= readFile(FILE).then((bytes) => createScorer(parseLetterGroups(bytes)));
  return loaded;
}

/** Added to every stored weight: the least one there was. */
const WEIGHT_MIN = 53;
/** At this mean weight a score is a half. */
const SCALE = 25;
/** Letters of a word beyond so many bytes are not looked at. */
const WORD_BYTES_MAX = 70;
/** Words after so many bytes are not looked at, nor letters after so many more. */
const TEXT_BYTES_MAX = 350;
const LAST_WORD_BYTES_MAX = 30;
const SPACE = 0x20;

/** Scores languages by the mean weight of the different groups of up to four bytes, one in three, that a text has. */
export function createScorer(groups: LetterGroups): LanguageScorer {
  const find = createIndex(groups);
  const { languages, starts, pairLanguages, pairWeights } = groups;
  return (sample) => {
    const sums = new Float64Array(languages.length);
    const found = groupsOf(sample);
    for (const key of found) {
      const group = find(key);
      if (group === undefined) continue;
      const end = starts[group + 1] ?? 0;
      for (let pair = starts[group] ?? 0; pair < end; pair++) {
        const language = pairLanguages[pair] ?? 0;
        sums[language] = (sums[language] ?? 0) + (pairWeights[pair] ?? 0) + WEIGHT_MIN;
      }
    }
    const scores: [string, number][] = [];
    for (const [language, name] of languages.entries()) {
      const mean = (sums[language] ?? 0) / found.size;
      if (mean > 0) scores.push([name, mean / (mean + SCALE)]);
    }
    return scores.toSorted((a, b) => b[1] - a[1]);
  };
}

const SEPARATORS = /(?:[^\p{L}]|[\u{10000}-\u{10FFFF}])+(?<!['`’])/gu;

/** The different groups of a text, each as its bytes in one number. */
function groupsOf(sample: string): Set<number> {
  const found = new Set<number>();
  let left = TEXT_BYTES_MAX;
  for (const word of sample.replaceAll(SEPARATORS, " ").trim().toLowerCase().split(" ")) {
    if (left < 0) break;
    const bytes = Buffer.from(word).subarray(0, left + LAST_WORD_BYTES_MAX);
    if (bytes.length > 0) addGroups(found, bytes);
    left -= bytes.length + 1;
  }
  return found;
}

function addGroups(found: Set<number>, word: Uint8Array): void {
  const length = Math.min(word.length, WORD_BYTES_MAX);
  let at = 0;
  for (; at + 4 < length; at += 3) found.add(toKey(word, at, at + 4, at === 0 ? SPACE : 0));
  // The last ones, also where they overlap those before.
  const from = length === 3 ? 0 : Math.max(0, length - 4);
  found.add(toKey(word, from, length, at === 0 ? SPACE : 0) * 256 + SPACE);
}

/** At most {@link GROUP_BYTES_MAX} bytes, which a double holds exactly. */
function toKey(word: Uint8Array, from: number, to: number, before: number): number {
  let key = before;
  for (let at = from; at < to; at++) key = key * 256 + (word[at] ?? 0);
  return key;
}

/** Where a group is, by open addressing: at most two thirds of the places are taken. */
function createIndex({ low, high }: LetterGroups): (key: number) => number | undefined {
  const mask = 2 ** Math.ceil(Math.log2(low.length * 1.5)) - 1;
  const places = new Int32Array(mask + 1).fill(-1);
  const placeOf = (lowBytes: number, highBytes: number) => {
    const mixed = Math.imul(lowBytes, 0x9e3779b1) ^ Math.imul(highBytes, 0x85ebca6b);
    return (mixed ^ (mixed >>> 15)) & mask;
  };
  for (const [group, lowBytes] of low.entries()) {
    let place = placeOf(lowBytes, high[group] ?? 0);
    while (places[place] !== -1) place = (place + 1) & mask;
    places[place] = group;
  }
  return (key) => {
    const lowBytes = key % HALF;
    const highBytes = (key - lowBytes) / HALF;
    for (let place = placeOf(lowBytes, highBytes); ; place = (place + 1) & mask) {
      const group = places[place] ?? -1;
      if (group === -1) return undefined;
      if (low[group] === lowBytes && high[group] === highBytes) return group;
    }
  };
}

/** Three bytes. */
const HALF = 2 ** ((GROUP_BYTES_MAX / 2) * 8);
