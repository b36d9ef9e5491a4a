import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { agrees } from "../../../src/moderation/verdict.ts";
import { wilsonOf } from "../../../src/moderation/wilson.ts";

describe("the Wilson interval", () => {
  // Worked by hand from the formula; the first two are also in R's binom package (binom.confint, method "wilson").
  test.each([
    [9, 10, 0.5958, 0.9821],
    [0, 10, 0, 0.2775],
    [10, 10, 0.7225, 1],
    [99, 100, 0.9455, 0.9982],
    [381, 381, 0.99, 1],
  ])("of %i in %i", (hits, cases, low, high) => {
    const share = wilsonOf(hits, cases);
    expect(share?.value).toBe(hits / cases);
    expect(share?.low).toBeCloseTo(low, 3);
    expect(share?.high).toBeCloseTo(high, 3);
  });

  test("of nothing is none", () => {
    expect(wilsonOf(0, 0)).toBeNull();
  });

  test("property: within 0 and 1, around the share, and narrower with more cases", () => {
    const counts = fc.tuple(fc.nat(500), fc.integer({ min: 1, max: 500 })).filter(([hits, n]) => hits <= n);
    fc.assert(
      fc.property(counts, ([hits, cases]) => {
        const [few, many] = [wilsonOf(hits, cases), wilsonOf(hits * 10, cases * 10)];
        if (!few || !many) throw new Error("no interval");
        expect(0 <= few.low && few.low <= few.value && few.value <= few.high && few.high <= 1).toBe(true);
        expect(many.high - many.low).toBeLessThan(few.high - few.low);
      }),
    );
  });
});

test.each([
  ["publish", "publish", true],
  ["publish", "reject", false],
  ["publish", "spam", false],
  ["hold", "publish", false],
  ["hold", "reject", true],
  ["reject", "spam", true],
  ["spam", "reject", true],
  ["spam", "publish", false],
] as const)("%s and the moderators' %s: agreed %s", (action, verdict, agreed) => {
  expect(agrees(action, verdict)).toBe(agreed);
});
