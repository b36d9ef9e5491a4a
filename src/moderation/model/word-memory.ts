import { bucketOf, hashUnit, type Region, REGIONS } from "./feature-set.ts";
import { kindsOf } from "./lexicon.ts";
import { unitAt } from "../text/unit-at.ts";

/** Of words remembered at a time: some ten thousand, 1 MB. */
const POOL = 262_144;
/** In front of a word's buckets. */
const HEAD = 2;
const GROUP_MIN = 3;
const GROUP_MAX = 5;
const HANGUL_GROUP_MIN = 1;
const HANGUL_GROUP_MAX = 3;
/** At most so many groups begin at each unit and at the space before them. */
const GROUPS_PER_UNIT = 3;
const LETTERS_SEED = 0x2545f491;
const SPACE_UNIT = 0x20;

/**
 * What a word says by itself: the buckets of its letter groups and its kinds. Most words come again and again, and to work this
 * out took a third of the model's time. When it is full, all is forgotten; what is found is the same either way.
 */
export class WordMemory {
  /** The last word looked up: its buckets are those from `start` to before `end`. */
  start = 0;
  end = 0;
  /** As of {@link kindsOf}. */
  kinds = 0;
  readonly buckets = new Int32Array(POOL);
  readonly #places = new Map<string, number>();
  #next = 0;

  /**
   * @param word as the model reads it
   * @param region that of the word, the same each time
   */
  look(word: string, region: Region): void {
    const place = this.#places.get(word) ?? this.#take(word, region);
    this.start = place + HEAD;
    this.end = place + HEAD + (this.buckets[place] ?? 0);
    this.kinds = this.buckets[place + 1] ?? 0;
  }

  #take(word: string, region: Region): number {
    if (this.#next + HEAD + GROUPS_PER_UNIT * (word.length + 2) > POOL) {
      this.#places.clear();
      this.#next = 0;
    }
    const place = this.#next;
    const end = this.#writeGroups(word, region, place + HEAD);
    this.buckets[place] = end - place - HEAD;
    this.buckets[place + 1] = kindsOf(word);
    this.#places.set(copyOf(word), place);
    this.#next = end;
    return place;
  }

  #writeGroups(word: string, region: Region, from: number): number {
    const isShort = region === REGIONS.hangul || region === REGIONS.other;
    const min = isShort ? HANGUL_GROUP_MIN : GROUP_MIN;
    const max = isShort ? HANGUL_GROUP_MAX : GROUP_MAX;
    const length = word.length + 2;
    let at = from;
    for (let first = 0; first + min <= length; first++) {
      let hash = LETTERS_SEED;
      const last = Math.min(length, first + max);
      for (let unit = first; unit < last; unit++) {
        hash = hashUnit(hash, unitOf(word, unit));
        if (unit - first + 1 >= min) this.buckets[at++] = bucketOf(hash, region);
      }
    }
    return at;
  }
}

/** A word is a part of its text, and as a key would keep all of it. */
function copyOf(word: string): string {
  return String.fromCharCode(...Array.from({ length: word.length }, (_, place) => unitAt(word, place)));
}

/** Of a word between two spaces, so that its beginning and end are part of the groups. */
function unitOf(word: string, place: number): number {
  return place === 0 || place > word.length ? SPACE_UNIT : unitAt(word, place - 1);
}
