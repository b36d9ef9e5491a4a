import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fingerprint, hammingDistance, NEAR_DISTANCE_MAX } from "../../src/moderation/fingerprint.ts";
import { NEAR_SIMILARITY_MIN, similarity, sketchText } from "../../src/moderation/sketch.ts";
import { normaliseText } from "../../src/moderation/text.ts";
import { cleanBody } from "../support/fixtures.ts";
import { spinCampaigns } from "./campaign-texts.ts";

const read = (body: string) => {
  const text = normaliseText(body);
  return { simhash: fingerprint(text).simhash, sketched: sketchText(text) };
};
type Read = ReturnType<typeof read>;

/** As the check finds them: a band in common, and alike enough. */
const isFound = ({ sketched: a }: Read, { sketched: b }: Read) =>
  a !== undefined &&
  b !== undefined &&
  a.bands.some((band, index) => band === b.bands[index]) &&
  similarity(a.sketch, b.sketch) >= NEAR_SIMILARITY_MIN;
const alike = (a: string, b: string) => {
  const [first, second] = [read(a).sketched, read(b).sketched];
  return first && second ? similarity(first.sketch, second.sketch) : 0;
};

const SPAM =
  "I lost all my savings until Anna Peters got my bitcoin wallet back within 48 hours, write to her at https://a.example/x1";

describe("of one campaign are", () => {
  test.each([
    ["another name", SPAM.replace("Anna Peters", "Mr. Jonathan Reed")],
    ["another link", SPAM.replace("https://a.example/x1", "www.quite-another.example/win?id=9938")],
    ["another number", SPAM.replace("48", "7")],
    ["a random tail", `${SPAM} kq8xzv wmpe`],
    ["a random head", `zzkwq ${SPAM}`],
    [
      "other capitals, punctuation and spaces",
      SPAM.toUpperCase().replaceAll(",", " – ").replaceAll(" ", "  "),
    ],
    ["look-alike letters", SPAM.replaceAll("a", "а").replaceAll("o", "о")],
    ["a synonym", SPAM.replace("savings", "money")],
  ])("texts with %s", (_, spun) => {
    expect(alike(SPAM, spun)).toBeGreaterThanOrEqual(NEAR_SIMILARITY_MIN);
  });
});

describe("never of one campaign are", () => {
  test.each([
    ["Thank you!", "Thank you!"],
    ["Great article, thank you so much!", "Great article, thank you so much!"],
    ["Дякую за чудову статтю, дуже цікаво!", "Дякую за чудову статтю, дуже цікаво!"],
    ["좋은 기사 감사합니다! 잘 봤어요", "좋은 기사 감사합니다! 잘 봤어요"],
    ["https://a.example/one/two/three/four/five/six", "https://a.example/one/two/three/four/five/six"],
    [
      "👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍",
      "👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍",
    ],
    [
      SPAM,
      "I got all my savings back from the bank after two years of letters to the ombudsman of this country.",
    ],
    [
      "The war will end when the soldiers go home, and everybody in the village knows that.",
      "The war will end when the talks begin again, but nobody in the capital wants to hear it.",
    ],
  ])("%j and %j", (a, b) => {
    expect(alike(a, b)).toBeLessThan(NEAR_SIMILARITY_MIN);
  });
});

describe("measured on spun campaigns", () => {
  const campaigns = spinCampaigns(40);
  const all = campaigns.map((bodies) => bodies.map(read));

  test("nearly every comment finds an earlier one, which SimHash alone does not", () => {
    let found = 0;
    let foundBySimHash = 0;
    let comments = 0;
    for (const reads of all) {
      for (const [index, one] of reads.entries()) {
        if (index < 2) continue;
        comments += 1;
        const earlier = reads.slice(0, index);
        found += Number(earlier.some((other) => isFound(one, other)));
        foundBySimHash += Number(
          earlier.some((other) => hammingDistance(one.simhash, other.simhash) <= NEAR_DISTANCE_MAX),
        );
      }
    }
    expect(found / comments).toBeGreaterThanOrEqual(0.95);
    expect(foundBySimHash / comments).toBeLessThan(0.3);
  });

  test("no two campaigns are taken for one, nor an ordinary comment for one of them", () => {
    const others = [...all, Array.from({ length: 500 }, (_, n) => read(cleanBody(n)))];
    const wrong = others.flatMap((reads, at) =>
      others
        .slice(at + 1)
        .flatMap((more) => reads.filter((one) => more.some((other) => isFound(one, other)))),
    );
    expect(wrong).toEqual([]);
  });
});

test("never throws, is the same each time, and wholly like itself", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (body) => {
      const [first, again] = [sketchText(normaliseText(body)), sketchText(normaliseText(body))];
      expect(again).toEqual(first);
      if (!first) return;
      expect(similarity(first.sketch, first.sketch)).toBe(1);
      expect(first.sketch).toHaveLength(60);
      for (const band of first.bands) expect(band | 0).toBe(band);
    }),
  );
});

test("the estimate is symmetric and between 0 and 1", () => {
  const bytes = fc.uint8Array({ minLength: 60, maxLength: 60, max: 3 });
  fc.assert(
    fc.property(bytes, bytes, (a, b) => {
      const estimate = similarity(a, b);
      expect(estimate).toBe(similarity(b, a));
      expect(estimate).toBeGreaterThanOrEqual(0);
      expect(estimate).toBeLessThanOrEqual(1);
    }),
  );
});
