import type { NormalisedText } from "../text.ts";
import { findLinks, splitAuthority } from "../text/links.ts";
import { findMaskedWords } from "../text/masked-words.ts";
import { countStyle } from "../text/style-counts.ts";
import { type FeatureSet, hashText } from "./feature-set.ts";

const STYLE_SEED = 0x5bd1e995;

/** How the text is written, what it links to: yes-or-no features, numbers in coarse steps. */
export function addStyleFeatures(set: FeatureSet, text: NormalisedText, website: string | null): void {
  const add = (name: string) => set.add(hashText(STYLE_SEED, name), -1, -1);
  const step = (name: string, value: number) => {
    if (value > 0) add(`${name}:${Math.min(STEPS_MAX, Math.ceil(Math.log2(1 + value)))}`);
  };
  const { plain, body } = text;
  const { upper, lower, visible, emoji, longestRun } = countStyle(body);
  const { links, addresses } = findLinks(text);
  step("length", plain.length);
  step("words", text.words.length);
  step("links", links.length);
  if (links.length > 0) add("link");
  if (addresses.length > 0) add("address");
  for (const { host } of links.slice(0, HOSTS_MAX)) add(`host:${host.replace(/^www\./u, "")}`);
  if (website !== null && website !== "") {
    add("website");
    add(`host:${splitAuthority(website).host.replace(/^www\./u, "")}`);
  }
  const cased = upper + lower;
  if (cased >= 8) add(`capitals:${Math.round((upper / cased) * 5)}`);
  if (emoji > 0 && visible > 0) add(`emoji:${Math.ceil((emoji / visible) * 4)}`);
  if (longestRun.length >= 3) step("run", longestRun.length);
  step("exclaims", countOf(plain, "!"));
  step("asks", countOf(plain, "?"));
  step("dots", countOf(plain, "..."));
  step("digits", plain.length > 0 ? (plain.match(/\d/gu)?.length ?? 0) : 0);
  if (/[$€£₽₩₴]/u.test(plain)) add("money");
  if (text.mixedScriptWords.length > 0) add("mixed");
  if (text.hidden.count > 0) add("hidden");
  if (findMaskedWords(plain).length > 0) add("masked");
}

const STEPS_MAX = 9;
const HOSTS_MAX = 10;

function countOf(text: string, sign: string): number {
  let count = 0;
  for (let at = text.indexOf(sign); at >= 0; at = text.indexOf(sign, at + sign.length)) count++;
  return count;
}
