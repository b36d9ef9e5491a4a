import { kindsOf, WORTH_HIDING } from "../../src/moderation/model/lexicon.ts";

/** Ways in which people hide a word from a filter. */
export const DISGUISES = [
  "invisible",
  "homoglyphs",
  "digits",
  "leet",
  "spaced",
  "dotted",
  "masked",
  "repeated",
  "doubled",
  "fullwidth",
] as const;
export type Disguise = (typeof DISGUISES)[number];

const LATIN_TWINS: Readonly<Record<string, string>> = {
  a: "а",
  c: "с",
  e: "е",
  o: "о",
  p: "р",
  x: "х",
  y: "у",
  i: "і",
};
const CYRILLIC_TWINS: Readonly<Record<string, string>> = {
  а: "a",
  с: "c",
  е: "e",
  о: "o",
  р: "p",
  х: "x",
  у: "y",
  и: "u",
  к: "k",
  м: "m",
  т: "t",
};
const DIGITS: Readonly<Record<string, string>> = {
  a: "4",
  e: "3",
  i: "1",
  o: "0",
  s: "5",
  t: "7",
  о: "0",
  з: "3",
  ч: "4",
  б: "6",
};

/** What people type besides digits. */
const SIGNS: Readonly<Record<string, string>> = { a: "@", s: "$", i: "!", l: "1", а: "@", с: "$" };

/**
 * A text with one disguise put on: on the words worth hiding, if it has any that a lexicon lists, else on every longer word.
 * Deterministic.
 */
export function obfuscate(text: string, disguise: Disguise): string {
  const words = text.match(WORD) ?? [];
  const isHidden = words.some(isWorthHiding)
    ? isWorthHiding
    : (word: string) => word.length >= (/\p{Script=Hangul}/u.test(word) ? 2 : 5);
  return text.replace(WORD, (word) => (isHidden(word) ? disguiseWord(word, disguise) : word));
}

const WORD = /\p{L}+/gu;

function isWorthHiding(word: string): boolean {
  return (kindsOf(word.toLowerCase().replaceAll("ё", "е")) & WORTH_HIDING) !== 0;
}

function disguiseWord(word: string, disguise: Disguise): string {
  const letters = Array.from(word);
  const middle = Math.floor(letters.length / 2);
  const isHangul = /\p{Script=Hangul}/u.test(word);
  const swap = (table: Readonly<Record<string, string>>) =>
    letters.map((letter) => table[letter.toLowerCase()] ?? letter).join("");
  switch (disguise) {
    case "invisible":
      return letters.join("\u200b");
    case "homoglyphs":
      return isHangul ? letters.join("\u2060") : swap(/[a-z]/iu.test(word) ? LATIN_TWINS : CYRILLIC_TWINS);
    case "digits":
      return isHangul ? letters.join("1") : swap(DIGITS);
    case "leet":
      return isHangul ? letters.join("!") : swap({ ...DIGITS, ...SIGNS });
    case "spaced":
      return letters.join(" ");
    case "dotted":
      return letters.join(".");
    case "masked":
      if (letters.length < 3) return isHangul ? letters.join("*") : word;
      return isHangul ? letters.join("*") : letters.with(middle === 0 ? 1 : middle, "*").join("");
    case "repeated":
      return isHangul
        ? word
        : letters.map((letter, i) => (i === middle ? letter.repeat(4) : letter)).join("");
    case "doubled":
      return isHangul ? word : letters.map((letter) => letter.repeat(2)).join("");
    case "fullwidth":
      return letters
        .map((letter) =>
          /[a-z]/iu.test(letter) ? String.fromCharCode(letter.charCodeAt(0) + 0xfee0) : letter,
        )
        .join("");
    default:
      return disguise satisfies never;
  }
}
