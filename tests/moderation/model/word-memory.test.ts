import * as fc from "fast-check";
import { expect, test } from "vitest";
import { REGIONS } from "../../../src/moderation/model/feature-set.ts";
import { WORD_UNITS_MAX } from "../../../src/moderation/model/model-word.ts";
import { WordMemory } from "../../../src/moderation/model/word-memory.ts";

const found = (memory: WordMemory, word: string) => {
  memory.look(word, REGIONS.latin);
  return { buckets: [...memory.buckets.subarray(memory.start, memory.end)], kinds: memory.kinds };
};

test("property: a word is found as if it came for the first time, also after all was forgotten", () => {
  const memory = new WordMemory();
  const words = fc.array(fc.string({ unit: "binary", minLength: 1, maxLength: WORD_UNITS_MAX }));
  fc.assert(
    fc.property(words, (given) => {
      for (const word of [...given, ...given]) {
        expect(found(memory, word)).toEqual(found(new WordMemory(), word));
      }
    }),
    { numRuns: 30 },
  );
  const first = found(memory, "idiots");
  // Far more than it remembers.
  for (let n = 0; n < 30_000; n++) memory.look(`word${n}`, REGIONS.latin);
  expect(found(memory, "idiots")).toEqual(first);
  expect(first.kinds).not.toBe(0);
});

test("a word longer than any that is written finds room, also at the end of the memory", () => {
  const memory = new WordMemory();
  const long = "ab".repeat(100);
  const first = found(new WordMemory(), long);
  for (let n = 0; n < 1_000; n++) {
    const word = `${n}${long}`;
    // Of three, four and five units each.
    expect(found(memory, word).buckets).toHaveLength(3 * word.length - 3);
  }
  expect(found(memory, long)).toEqual(first);
});

test("the groups of a word are those of 3 to 5 letters with the spaces around it", () => {
  const { buckets } = found(new WordMemory(), "abcd");
  // " ab" " abc" " abcd" "abc" "abcd" "abcd " "bcd" "bcd " "cd "
  expect(buckets).toHaveLength(9);
  expect(new Set(buckets).size).toBe(9);
});
