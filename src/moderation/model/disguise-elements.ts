import { AS_CYRILLIC, AS_LATIN, SOUNDS_CYRILLIC } from "../text/look-alikes.ts";
import type { LexiconScript } from "./lexicon.ts";

/** A place in a disguised word: the letters it may stand for, and how many others it may hide instead. */
export type Element = { letters: string; most: number };

/** Signs and digits that stand for letters, by what they are drawn like. */
export const LATIN_SIGNS: Readonly<Record<string, string>> = {
  "0": "o",
  "1": "il",
  "3": "e",
  "4": "a",
  "5": "s",
  "6": "g",
  "7": "t",
  "8": "b",
  "9": "g",
  "@": "a",
  $: "s",
  "!": "il",
  "|": "il",
  "+": "t",
  "€": "e",
  "(": "c",
  "¡": "i",
};
const CYRILLIC_SIGNS: Readonly<Record<string, string>> = {
  "0": "о",
  "1": "и",
  "3": "зе",
  "4": "ч",
  "6": "б",
  "8": "в",
  "9": "я",
  "@": "а",
  $: "с",
  "€": "е",
};
/** More readings than the look-alike tables have: italics, capitals and keyboards. */
const MORE_CYRILLIC: Readonly<Record<string, string>> = {
  b: "бвь",
  g: "дг",
  h: "нх",
  i: "и",
  j: "й",
  k: "к",
  m: "мт",
  n: "пи",
  r: "гря",
  u: "иу",
  y: "уй",
  z: "з",
  e: "е",
  p: "рп",
  x: "х",
  d: "д",
  l: "л",
  f: "ф",
  v: "в",
  s: "с",
  t: "т",
  і: "и",
  ї: "и",
};

/** Signs that stand for any letter; the others between letters merely separate. */
const MASKS = "*#%_@$";

/** How a disguised piece may be read in a script, letter by letter. */
export function elementsOf(piece: string, script: LexiconScript): Element[] {
  const elements: Element[] = [];
  let dots = 0;
  for (const sign of piece) {
    dots = sign === "." ? dots + 1 : 0;
    const letters = readingsOf(sign, script);
    const last = elements.at(-1);
    if (letters !== "") elements.push({ letters, most: MASKS.includes(sign) ? 1 : 0 });
    else if (last === undefined || last.letters !== "" || last.most < 0) {
      elements.push({ letters: "", most: hiddenBy(sign, script) });
    } else last.most += hiddenBy(sign, script);
    // "х..ню" hides "уй", "пи...да" only "з": a run of dots or stars is seldom exact.
    if (dots === 2 || (sign === "*" && letters === "")) bump(elements);
  }
  // One star behind a word is a footnote's: it hides no more than a letter.
  const last = elements.at(-1);
  if (script === "latin" && LONE_STAR.test(piece) && last !== undefined) last.most = 1;
  return elements;
}

const LONE_STAR = /[^*]\*$/u;

function bump(elements: Element[]): void {
  const last = elements.at(-1);
  if (last !== undefined) last.most += 1;
}

function hiddenBy(sign: string, script: LexiconScript): number {
  if (MASKS.includes(sign)) return 1;
  return (sign === "." || sign === "," || sign === "…") && script === "cyrillic" ? 1 : 0;
}

function readingsOf(sign: string, script: LexiconScript): string {
  if (script === "hangul") return /\p{Script=Hangul}/u.test(sign) ? sign : "";
  if (script === "latin") {
    if (sign >= "a" && sign <= "z") return sign;
    return LATIN_SIGNS[sign] ?? AS_LATIN.get(sign) ?? "";
  }
  if (sign === "э") return "эе";
  if (sign === "ё" || sign === "є") return "еє";
  if (sign === "і" || sign === "ї") return `${sign}и`;
  if ((sign >= "а" && sign <= "я") || sign === "ґ") return sign;
  const drawn = AS_CYRILLIC.get(sign) ?? SOUNDS_CYRILLIC.get(sign) ?? "";
  return CYRILLIC_SIGNS[sign] ?? MORE_CYRILLIC[sign] ?? drawn;
}
