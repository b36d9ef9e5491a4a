import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fingerprint } from "../../../src/moderation/fingerprint.ts";
import type { Example } from "../../../src/moderation/learning/example.ts";
import { createWeigher } from "../../../src/moderation/learning/weigh.ts";
import { normaliseText } from "../../../src/moderation/text.ts";
import { cleanBody } from "../../support/fixtures.ts";

const NOON = Date.parse("2026-03-01T12:00:00Z");
let made = 0;

/** Another comment of another author, decided a minute after the one before, unless told otherwise. */
function example(changes: Partial<Example> & { body?: string } = {}): Example {
  made += 1;
  const { body, ...rest } = changes;
  const id = made.toString(16).padStart(12, "0");
  return {
    commentId: `01900000-0000-7000-9000-${id}`,
    decisionId: `01900000-0000-7000-8000-${id}`,
    revision: 1,
    action: "spam",
    reason: "spam",
    moderator: "olena",
    authorId: String(made),
    simhash: body === undefined ? scattered(made) : fingerprint(normaliseText(body)).simhash,
    decidedAt: new Date(NOON + made * 60_000),
    ...rest,
  };
}

/** Fingerprints that have nothing in common. */
function scattered(n: number): bigint {
  return BigInt.asIntN(64, BigInt(n) * 0x9e37_79b9_7f4a_7c15n);
}

const weighAll = (examples: Example[], influence = 0) => {
  const weigher = createWeigher();
  return examples.map((one) => {
    const weight = weigher.weigh(one);
    weigher.account(one, weight * influence);
    return weight;
  });
};
const sum = (weights: number[]) => weights.reduce((total, weight) => total + weight, 0);

const TEXT = "Everyone should read the other paper instead, it tells what this one hides from you.";

describe("a text", () => {
  test("of one author counts once, also with small changes", () => {
    const flood = Array.from({ length: 50 }, (_, n) =>
      example({ authorId: "7", body: n % 2 ? TEXT : `${TEXT}!!` }),
    );
    expect(weighAll(flood)).toEqual([1, ...Array.from({ length: 49 }, () => 0)]);
  });

  test("of many authors counts less than two", () => {
    const brigade = Array.from({ length: 50 }, () => example({ body: TEXT }));
    expect(weighAll(brigade).slice(0, 3)).toEqual([1, 0.5, 0.25]);
    expect(sum(weighAll(brigade))).toBeLessThan(2);
  });

  test("counts again when it is judged otherwise: the brigade does not have the last word", () => {
    const texts = Array.from({ length: 9 }, () => example({ body: TEXT, action: "publish" }));
    expect(weighAll([...texts, example({ body: TEXT })]).at(-1)).toBe(1);
  });
});

test("an author who writes much counts less and less", () => {
  const weights = weighAll(Array.from({ length: 100 }, () => example({ authorId: "7" })));
  expect(sum(weights)).toBeGreaterThan(15);
  expect(sum(weights)).toBeLessThan(20);
});

describe("a moderator", () => {
  test("who decides a hundred in a minute has read them all at most once", () => {
    const at = new Date(NOON);
    const weights = weighAll(Array.from({ length: 100 }, () => example({ decidedAt: at })));
    expect(weights.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 1));
    expect(weights.at(-1)).toBe(0.2);
  });

  test("who contradicts the model all day is heard less and less", () => {
    const weights = weighAll(
      Array.from({ length: 1_000 }, () => example()),
      1,
    );
    expect(weights.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 1));
    expect(sum(weights)).toBeLessThan(130);
  });

  test("has more to say where others teach as well, and again the next day", () => {
    const others = Array.from({ length: 200 }, (_, n) => example({ moderator: `m${n % 8}` }));
    expect(sum(weighAll([...others, ...Array.from({ length: 100 }, () => example())], 1))).toBe(300);
    const day = Array.from({ length: 100 }, () => example());
    const next = example({ decidedAt: new Date(NOON + (made + 1_440) * 60_000) });
    expect(weighAll([...day, next], 1).at(-1)).toBe(1);
  });
});

test("what comes later changes no weight: going on from a snapshot is the same as beginning anew", () => {
  const few = fc.constantFrom("a", "b", "c");
  const examples = fc.array(
    fc.record({
      authorId: few,
      moderator: few,
      body: fc.constantFrom(TEXT, `${TEXT} `, cleanBody(3), cleanBody(4)),
      action: fc.constantFrom("publish", "spam"),
    }),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(examples, fc.nat(40), (changes, cut) => {
      const all = changes.map((change) => example(change));
      expect(weighAll(all.slice(0, cut), 0.5)).toEqual(weighAll(all, 0.5).slice(0, cut));
    }),
  );
});
