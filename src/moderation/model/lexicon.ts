import lexicon from "./lexicon.json" with { type: "json" };
import { hashUnit } from "./feature-set.ts";
import { unitAt } from "../text/unit-at.ts";

/** Kinds of words, as bits of {@link kindsOf}. None of them decides anything: the model learns what each is worth. */
export const LEXICON_KINDS = ["obscene", "insult", "slur", "threat", "listed"] as const;
export type LexiconScript = "latin" | "cyrillic" | "hangul";

/** A word of the lexicon, or the beginning of words. */
export type Stem = { text: string; isPrefix: boolean };

/** The bits of the kinds that people disguise: obscene, insult, slur. */
export const WORTH_HIDING = 0b111;

/** Which kinds a word belongs to: bit n for the n-th of {@link LEXICON_KINDS}; 0 for none. */
export function kindsOf(word: string): number {
  return lookUp(word) || (hasDouble(word) ? lookUp(word.replace(DOUBLES, "$1")) : 0);
}

/** The words that people disguise (no threats: those are ordinary words), by script and first letter. */
export function disguisedStems(script: LexiconScript, firstLetter: string): readonly Stem[] {
  return stems[script].get(firstLetter) ?? [];
}

function hasDouble(word: string): boolean {
  const { length } = word;
  for (let i = 1; i < length; i++) if (unitAt(word, i) === unitAt(word, i - 1)) return true;
  return false;
}

const DOUBLES = /(\p{L})\1+/gu;
const PREFIX_SHIFT = 8;
const EXACT_BITS = 0xff;
const SEED = 0x3c6ef372;
const SLOTS = 8192;
const hashes = new Int32Array(SLOTS);
const kinds = new Int32Array(SLOTS);
const stems: Record<LexiconScript, Map<string, Stem[]>> = {
  latin: new Map(),
  cyrillic: new Map(),
  hangul: new Map(),
};
const STEM_UNITS_MIN = 2;
const LATIN_STEM_UNITS_MIN = 3;

for (const script of ["latin", "cyrillic", "hangul"] as const) {
  LEXICON_KINDS.forEach((kind, bit) => {
    for (const entry of lexicon[script][kind].split(" ")) addEntry(script, entry, bit);
  });
}

function addEntry(script: LexiconScript, entry: string, bit: number): void {
  const isPrefix = entry.endsWith("*");
  const text = isPrefix ? entry.slice(0, -1) : entry;
  let hash = SEED;
  for (let i = 0; i < text.length; i++) hash = hashUnit(hash, unitAt(text, i));
  const slot = slotOf(hash);
  hashes[slot] = hash;
  kinds[slot] = (kinds[slot] ?? 0) | (1 << (isPrefix ? bit + PREFIX_SHIFT : bit));
  const isWorthHiding = ((1 << bit) & WORTH_HIDING) !== 0;
  if (!isWorthHiding || text.length < (script === "hangul" ? STEM_UNITS_MIN : LATIN_STEM_UNITS_MIN)) return;
  const first = text[0] ?? "";
  const ofLetter = stems[script].get(first) ?? [];
  ofLetter.push({ text, isPrefix });
  stems[script].set(first, ofLetter);
}

function lookUp(word: string): number {
  let hash = SEED;
  let found = 0;
  let flags = 0;
  const { length } = word;
  for (let i = 0; i < length; i++) {
    hash = hashUnit(hash, unitAt(word, i));
    const slot = slotOf(hash);
    flags = hashes[slot] === hash ? (kinds[slot] ?? 0) : 0;
    found |= flags >> PREFIX_SHIFT;
  }
  return found | (flags & EXACT_BITS);
}

function slotOf(hash: number): number {
  let slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
  while (kinds[slot] !== 0 && hashes[slot] !== hash) slot = (slot + 1) & (SLOTS - 1);
  return slot;
}
