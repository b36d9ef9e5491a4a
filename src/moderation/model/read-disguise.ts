import { type Element, elementsOf } from "./disguise-elements.ts";
import { commonness, type KnownWords } from "./known-words.ts";
import { disguisedStems, type LexiconScript, type Stem } from "./lexicon.ts";

/** Stems that are recognised by their first letter and masks alone: "х**", "f***". */
const BY_ONE_LETTER = new Set(["хуй", "fuck"]);

const COMMONEST = new Set([...BY_ONE_LETTER, "нахуй", "похуй", "сука", "блят", "shit", "dick"]);
/** Letters of a stem that must be seen. */
const SHOWN_MIN = 2;

/**
 * What a piece of text with signs, digits or foreign letters among its letters says ("у*банок" → "уебанок"), if it can be
 * read as a word of the lexicon; undefined when it cannot. Bounded by the piece's length times the lexicon's.
 */
export function readDisguise(piece: string, script: LexiconScript, known: KnownWords): string | undefined {
  const elements = elementsOf(piece, script);
  const first = elements[0];
  if (first === undefined) return undefined;
  let best: (Match & { stem: string }) | undefined;
  for (const letter of first.letters) {
    for (const stem of disguisedStems(script, letter)) {
      const match = matchStem(elements, stem);
      if (match === undefined || (script === "latin" && !isPlausible(match.reading, stem.text, known)))
        continue;
      const isBetter =
        best === undefined ||
        match.shown > best.shown ||
        (match.shown === best.shown && rank(stem.text) < rank(best.stem));
      if (isBetter) best = { ...match, stem: stem.text };
    }
  }
  return best?.reading;
}

/** Stems go on as words do, not as chance would have it: "shitty" and "shithead", but no "shitould" for "sh*ould". */
function isPlausible(reading: string, stem: string, known: KnownWords): boolean {
  const added = reading.slice(stem.length);
  const ending = added[0] === stem.at(-1) ? added.slice(1) : added;
  if (ENDING.test(ending) || commonness(known, reading) > 0) return true;
  return ending.length >= ENDING_UNITS_MIN && commonness(known, ending) > 0;
}

const ENDING = /^(?:|e?s|e?d|e?rs?|in|ings?|y|ies|ish|ly|est)$/u;
const ENDING_UNITS_MIN = 3;

/** Of stems that fit equally the commonest, then the shortest. */
function rank(stem: string): number {
  return COMMONEST.has(stem) ? 0 : stem.length;
}

function matchStem(elements: Element[], { text, isPrefix }: Stem): Match | undefined {
  const end = matchFrom(elements, 0, text, 0, 0);
  if (end === undefined) return undefined;
  const { at, shown } = end;
  const ending = elements.slice(at).map(({ letters }) => letters[0] ?? "");
  const reading = text + ending.join("");
  if (!isPrefix && reading !== text) return undefined;
  const isShown = shown * 2 >= text.length && shown >= SHOWN_MIN;
  if (!isShown && !BY_ONE_LETTER.has(text)) return undefined;
  return { reading, shown };
}

type Match = { reading: string; shown: number };
type End = { at: number; shown: number };

/** Where the elements stand when the stem is read to its end, and how many of its letters they show. */
function matchFrom(
  elements: Element[],
  at: number,
  stem: string,
  from: number,
  shown: number,
): End | undefined {
  if (from === stem.length) return { at, shown };
  const element = elements[at];
  if (element === undefined) return undefined;
  const { letters, most } = element;
  if (letters.includes(stem[from] ?? "")) return matchFrom(elements, at + 1, stem, from + 1, shown + 1);
  if (letters !== "" && most === 0) return undefined;
  let best: End | undefined;
  for (let hidden = letters === "" ? 0 : 1; hidden <= most && from + hidden <= stem.length; hidden++) {
    const end = matchFrom(elements, at + 1, stem, from + hidden, shown);
    if (end !== undefined && (best === undefined || end.shown > best.shown)) best = end;
  }
  return best;
}
