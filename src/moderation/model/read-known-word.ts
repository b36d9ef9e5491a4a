import { hashUnit } from "./feature-set.ts";
import { commonnessOf, KNOWN_SEED, KNOWN_UNITS_MAX, type KnownWords } from "./known-words.ts";
import { unitAt } from "../text/unit-at.ts";

/** A place in a disguised word: the letters it may stand for, and whether what stands there may be one letter or two. */
export type Place = { letters: string; isRepeated: boolean };

/** Readings of one word past this are not tried. */
const READINGS_MAX = 128;
/** Who stretches "tooo" means "too", though "to" is the commoner: so much commoner must the single letter be. */
const DOUBLE_WORTH = 4;

/** The likeliest known word that the places can be read as, and how common it is; undefined when none is known. */
export function readKnownWord(
  places: readonly Place[],
  known: KnownWords,
): { text: string; commonness: number } | undefined {
  if (places.length > KNOWN_UNITS_MAX) return undefined;
  const trial: Trial = { places, known, left: READINGS_MAX, worth: 0, best: undefined };
  tryFrom(trial, 0, KNOWN_SEED, "", 0);
  return trial.best;
}

type Trial = {
  places: readonly Place[];
  known: KnownWords;
  left: number;
  worth: number;
  best: { text: string; commonness: number } | undefined;
};

function tryFrom(trial: Trial, at: number, hash: number, text: string, doubles: number): void {
  const place = trial.places[at];
  if (place === undefined) {
    trial.left--;
    const commonness = commonnessOf(trial.known, hash);
    const worth = commonness + doubles * DOUBLE_WORTH;
    if (commonness === 0 || worth <= trial.worth) return;
    trial.worth = worth;
    trial.best = { text, commonness };
    return;
  }
  for (let i = 0; i < place.letters.length && trial.left > 0; i++) {
    const unit = unitAt(place.letters, i);
    const letter = place.letters[i] ?? "";
    const once = hashUnit(hash, unit);
    if (place.isRepeated) tryFrom(trial, at + 1, hashUnit(once, unit), text + letter + letter, doubles + 1);
    tryFrom(trial, at + 1, once, text + letter, doubles);
  }
}
