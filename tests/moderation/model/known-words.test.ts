import { expect, test } from "vitest";
import { countWords } from "../../../scripts/model/count-words.ts";
import {
  commonness,
  KNOWN_WORDS,
  makeKnownWords,
  parseKnownWords,
  serialiseKnownWords,
} from "../../../src/moderation/model/known-words.ts";

test("a word is the commoner the more texts it is in, and one text is not enough", () => {
  const known = makeKnownWords(
    new Map([
      ["the", 1000],
      ["ferry", 8],
      ["mayor", 2],
      ["teh", 1],
    ]),
  );
  expect(["the", "ferry", "mayor", "teh", "bridge"].map((word) => commonness(known, word))).toEqual([
    9, 3, 1, 0, 0,
  ]);
});

test("words are counted once a text, as the model spells them, and only those that hide nothing", () => {
  const known = countWords(["Don't, don't! Ёж b1tch sooo", "DON\u2019T еж b1tch sooo"]);
  expect(["dont", "еж", "b1tch", "bitch", "sooo"].map((word) => commonness(known, word))).toEqual([
    1, 1, 0, 0, 0,
  ]);
});

test("the file says the same, whatever the order of the words", () => {
  const words: [string, number][] = Array.from({ length: 5_000 }, (_, i) => [
    `w${i.toString(36)}`,
    2 + (i % 50),
  ]);
  const bytes = serialiseKnownWords(makeKnownWords(new Map(words)));
  expect(serialiseKnownWords(makeKnownWords(new Map(words.toReversed())))).toEqual(bytes);
  expect(serialiseKnownWords(parseKnownWords(bytes))).toEqual(bytes);
  expect(() => parseKnownWords(bytes.subarray(1))).toThrow("has 131071 bytes");
});

test("what ships knows English, and few words that nobody writes", () => {
  const commonest = ["the", "people", "because", "stupid", "government", "comment"];
  expect(commonest.every((word) => commonness(KNOWN_WORDS, word) >= 6)).toBe(true);
  const random = Array.from({ length: 20_000 }, (_, i) => `q${(i * 7919).toString(36)}x`);
  const seeming = random.filter((word) => commonness(KNOWN_WORDS, word) > 0).length;
  expect(seeming / random.length).toBeLessThan(1 / 1_000);
});
