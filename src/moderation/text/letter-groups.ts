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
  const sums = new Float64Array(languages.length);
  const weigh = (key: number) => {
    const group = find(key);
    if (group === undefined) return;
    const end = starts[group + 1] ?? 0;
    for (let pair = starts[group] ?? 0; pair < end; pair++) {
      const language = pairLanguages[pair] ?? 0;
      sums[language] = (sums[language] ?? 0) + (pairWeights[pair] ?? 0) + WEIGHT_MIN;
    }
  };
  const scores = new Float64Array(languages.length);
  return (sample) => {
    sums.fill(0);
    const found = Math.max(1, forEachGroup(sample, weigh));
    for (let language = 0; language < scores.length; language++) {
      const mean = (sums[language] ?? 0) / found;
      scores[language] = mean / (mean + SCALE);
    }
    return { languages, scores };
  };
}

const SEPARATORS = /(?:[^\p{L}]|[\u{10000}-\u{10FFFF}])+(?<!['`’])/gu;
/** What the separators have nothing to change about: most samples of English. */
const IS_SEPARATED = /^[a-z]+(?:[ '][a-z]+)*$/;

const encoder = new TextEncoder();
// One text's at a time, as are the keys below.
const bytes = new Uint8Array(TEXT_BYTES_MAX + LAST_WORD_BYTES_MAX + 100);

/** Calls `visit` once for each different group of a text, with the group's bytes in one number; returns how many there are. */
function forEachGroup(sample: string, visit: (key: number) => void): number {
  const text = IS_SEPARATED.test(sample) ? sample : sample.replaceAll(SEPARATORS, " ").trim().toLowerCase();
  const { written } = encoder.encodeInto(text, bytes);
  keys.fill(NO_KEY);
  let count = 0;
  const add = (key: number) => {
    if (!isNewKey(key)) return;
    count += 1;
    visit(key);
  };
  for (let start = 0; start <= Math.min(written, TEXT_BYTES_MAX);) {
    const space = bytes.indexOf(SPACE, start);
    const end = space === -1 || space > written ? written : space;
    eachGroupOf(start, Math.min(end, TEXT_BYTES_MAX + LAST_WORD_BYTES_MAX), add);
    start = end + 1;
  }
  return count;
}

function eachGroupOf(start: number, wordEnd: number, add: (key: number) => void): void {
  if (wordEnd === start) return;
  const end = Math.min(wordEnd, start + WORD_BYTES_MAX);
  let at = start;
  for (; at + 4 < end; at += 3) add(toKey(at, at + 4, at === start ? SPACE : 0));
  // The last ones, also where they overlap those before.
  const from = end - start === 3 ? start : Math.max(start, end - 4);
  add(toKey(from, end, at === start ? SPACE : 0) * 256 + SPACE);
}

/** At most {@link GROUP_BYTES_MAX} bytes, which a double holds exactly. */
function toKey(from: number, to: number, before: number): number {
  let key = before;
  for (let at = from; at < to; at++) key = key * 256 + (bytes[at] ?? 0);
  return key;
}

/** More than twice as many as a text can have. */
const keys = new Float64Array(1 << 9);
const NO_KEY = -1;

/** By open addressing; a set would make an object of every key. */
function isNewKey(key: number): boolean {
  const mask = keys.length - 1;
  const low = key % HALF;
  const mixed = Math.imul(low, 0x9e3779b1) ^ Math.imul((key - low) / HALF, 0x85ebca6b);
  for (let place = (mixed ^ (mixed >>> 15)) & mask; ; place = (place + 1) & mask) {
    if (keys[place] === key) return false;
    if (keys[place] !== NO_KEY) continue;
    keys[place] = key;
    return true;
  }
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
