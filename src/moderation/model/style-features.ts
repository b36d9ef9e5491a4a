import type { NormalisedText } from "../text.ts";
import { findLinks, type Link, splitAuthority } from "../text/links.ts";
import { countStyle } from "../text/style-counts.ts";
import { commonness, type KnownWords } from "./known-words.ts";
import type { ModelWord } from "./model-word.ts";
import { type FeatureSet, hashText, type Region, REGIONS } from "./feature-set.ts";
import { unitAt } from "../text/unit-at.ts";

const STYLE_SEED = 0x5bd1e995;
const HOST_SEED = 0x1d872b41;
const HOSTS_MAX = 10;
/** Capitals of fewer letters than this say nothing. */
const CASED_LETTERS_MIN = 8;
const RUN_MIN = 3;

/** What is counted; the place is part of the feature, so new ones come last. */
const STYLES = [
  "length",
  "words",
  "links",
  "address",
  "website",
  "capitals",
  "emoji",
  "run",
  "exclaims",
  "asks",
  "ellipses",
  "digits",
  "money",
  "mixed",
  "hidden",
] as const;
type Style = (typeof STYLES)[number];
const PLACES = Object.fromEntries(STYLES.map((style, place) => [style, place]));

/** How the text is written, what it links to: yes-or-no features, numbers in coarse steps. */
export function addStyleFeatures(
  set: FeatureSet,
  region: Region,
  text: NormalisedText,
  words: readonly ModelWord[],
  website: string | null,
  known: KnownWords,
): void {
  // Twice: what style says in a language, and what it says in any.
  const add = (style: Style, level: number, place = NOWHERE) => {
    const hash = STYLE_SEED + (PLACES[style] ?? 0) * LEVELS + level;
    set.add(hash, region, place.first, place.last);
    set.add(hash, REGIONS.other, place.first, place.last);
  };
  const addSteps = (style: Style, value: number, place = NOWHERE) => {
    if (value > 0) add(style, Math.min(LEVELS - 1, Math.ceil(Math.log2(1 + value))), place);
  };
  const { upper, lower, visible, emoji, longestRun } = countStyle(text.body);
  const signs = countSigns(text.plain);
  const { links, addresses } = findLinks(text);
  addSteps("length", text.plain.length);
  addSteps("words", text.words.length);
  const firstLink = links[0] === undefined ? NOWHERE : placeOf(links[0], words);
  addSteps("links", links.length, firstLink);
  if (links.length > 0) add("links", 0, firstLink);
  if (addresses.length > 0) add("address", 0);
  for (const link of links.slice(0, HOSTS_MAX)) addHost(set, link.host, placeOf(link, words));
  if (website !== null && website !== "") {
    add("website", 0);
    addHost(set, splitAuthority(website).host, NOWHERE);
  }
  const cased = upper + lower;
  if (cased >= CASED_LETTERS_MIN) add("capitals", Math.round((upper / cased) * 5));
  if (emoji > 0 && visible > 0) add("emoji", Math.ceil((emoji / visible) * 4));
  if (longestRun.length >= RUN_MIN && !isReadRun(text, longestRun.start, words, known))
    addSteps("run", longestRun.length);
  addSteps("exclaims", signs.exclaims);
  addSteps("asks", signs.asks);
  addSteps("ellipses", signs.ellipses);
  const read = signs.digits > 0 ? countReadDigits(text.plain, words, known) : 0;
  addSteps("digits", signs.digits - read);
  if (signs.money > 0) add("money", 0);
  if (text.mixedScriptWords.length > 0) add("mixed", 0);
  if (text.hidden.count > 0) add("hidden", 0);
}

const LEVELS = 16;

/** The first and the last word of something, by number. */
type Place = { first: number; last: number };
const NOWHERE: Place = { first: -1, last: -1 };

function placeOf({ start, end }: Link, words: readonly ModelWord[]): Place {
  const first = words.findIndex((word) => word.end > start);
  const last = words.findLastIndex((word) => word.start < end);
  return first < 0 || last < first ? NOWHERE : { first, last };
}

function addHost(set: FeatureSet, host: string, { first, last }: Place): void {
  set.add(hashText(HOST_SEED, host.replace(/^www\./u, "")), REGIONS.names, first, last);
}

function countSigns(plain: string) {
  const counts = { exclaims: 0, asks: 0, ellipses: 0, digits: 0, money: 0 };
  let dots = 0;
  const { length } = plain;
  for (let i = 0; i < length; i++) {
    const unit = unitAt(plain, i);
    dots = unit === DOT ? dots + 1 : 0;
    if (unit >= 0x61 && unit <= 0x7a) continue;
    if (dots === 3) counts.ellipses++;
    else if (unit === EXCLAMATION) counts.exclaims++;
    else if (unit === QUESTION) counts.asks++;
    else if (isDigit(unit)) counts.digits++;
    else if (MONEY.has(unit)) counts.money++;
  }
  return counts;
}

/** Whether a run in the body is of letters that were evened out to a known word: then it is spelling, and no noise. */
function isReadRun(
  { offsets }: NormalisedText,
  start: number,
  words: readonly ModelWord[],
  known: KnownWords,
): boolean {
  const inBody = (place: number) => (offsets === null ? place : (offsets[place] ?? Infinity));
  const word = words.find(({ end }) => inBody(end) > start);
  return word !== undefined && inBody(word.start) <= start && commonness(known, word.text) > 0;
}

/** Digits that were read as letters of a known word: they count nothing. */
function countReadDigits(plain: string, words: readonly ModelWord[], known: KnownWords): number {
  let count = 0;
  for (const { text, start, end } of words) {
    let digits = 0;
    for (let i = start; i < end; i++) if (isDigit(unitAt(plain, i))) digits++;
    if (digits > 0 && commonness(known, text) > 0) count += digits;
  }
  return count;
}

function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}

const DOT = 0x2e;
const EXCLAMATION = 0x21;
const QUESTION = 0x3f;
const MONEY = new Set(Array.from("$€£₽₩₴", (sign) => sign.charCodeAt(0)));
