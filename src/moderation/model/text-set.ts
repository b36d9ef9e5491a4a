import { hashText } from "./feature-set.ts";

/** A set of texts that remembers no text (a Bloom filter): about one in 2,000 others seems to be in it. */
export type TextSet = { bits: Uint8Array };

const BITS_PER_TEXT = 16;
const PROBES = 6;
const SEEDS = [0x811c9dc5, 0x9747b28c] as const;

/** The set of some texts (as `NormalisedText.plain`). */
export function makeTextSet(texts: readonly string[]): TextSet {
  const set = { bits: new Uint8Array(Math.ceil((texts.length * BITS_PER_TEXT) / 8)) };
  for (const text of texts) {
    for (const bit of placesOf(set, text)) set.bits[bit >> 3] = (set.bits[bit >> 3] ?? 0) | (1 << (bit & 7));
  }
  return set;
}

export function isInTextSet(set: TextSet, text: string): boolean {
  if (set.bits.length === 0) return false;
  return placesOf(set, text).every((bit) => ((set.bits[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0);
}

export function parseTextSet(bytes: Uint8Array): TextSet {
  return { bits: new Uint8Array(bytes) };
}

function placesOf({ bits }: TextSet, text: string): number[] {
  const first = spread(hashText(SEEDS[0], text));
  const second = spread(hashText(SEEDS[1], text)) | 1;
  return Array.from(
    { length: PROBES },
    (_, probe) => ((first + Math.imul(probe, second)) >>> 0) % (bits.length * 8),
  );
}

function spread(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
