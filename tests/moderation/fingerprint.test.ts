import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fingerprint, hammingDistance, NEAR_DISTANCE_MAX } from "../../src/moderation/fingerprint.ts";
import { normaliseText } from "../../src/moderation/text.ts";

const simhashOf = (body: string) => fingerprint(normaliseText(body)).simhash;
const distance = (a: string, b: string) => hammingDistance(simhashOf(a), simhashOf(b));

const ENGLISH =
  "The city has promised a new bridge for years, and every spring the same councillors stand on the same bank of the " +
  "river and tell us that this time the money is there. I shall believe it when I walk across. Until then we take the " +
  "ferry at six, stand in the rain, and read in your paper how well everything is going with the plans for the bridge.";
const KOREAN =
  "시는 몇 년째 새 다리를 약속하고 있지만 봄마다 같은 의원들이 같은 강둑에 서서 이번에는 예산이 있다고 말합니다. 저는 직접 건너 보기 " +
  "전에는 믿지 않겠습니다. 그때까지는 여섯 시에 배를 타고 비를 맞으며 신문에서 다리 계획이 얼마나 잘 되고 있는지 읽을 뿐입니다.";

describe("distance of fingerprints", () => {
  test.each([
    [ENGLISH, ENGLISH.toUpperCase()],
    [ENGLISH, `  ${ENGLISH.replaceAll(" ", "  ").replaceAll(",", " –")}!!!`],
    [ENGLISH, ENGLISH.replaceAll("a", "а").replaceAll("o", "о")],
    [ENGLISH, ENGLISH.replaceAll("e", "e\u200b")],
    ["Thanks!", "thanks"],
    ["👍👍", "👍👍"],
    [KOREAN, KOREAN.replaceAll(".", "!")],
  ])("the same words have none (%#)", (a, b) => {
    expect(distance(a, b)).toBe(0);
  });

  test.each([
    [ENGLISH, ENGLISH.replace("at six", "at ten")],
    [ENGLISH, ENGLISH.replace("councillors", "counsillors")],
    [`${KOREAN} ${KOREAN.replaceAll("다리", "도로")}`, `${KOREAN} ${KOREAN.replaceAll("다리", "도로")} ㅎ`],
  ])("a small edit of a long text is near (%#)", (a, b) => {
    expect(distance(a, b)).toBeLessThanOrEqual(NEAR_DISTANCE_MAX);
  });

  test("grows with the edit", () => {
    const little = distance(ENGLISH, ENGLISH.replace("at six", "at ten"));
    const more = distance(ENGLISH, ENGLISH.replaceAll("bridge", "tunnel").replaceAll("river", "mountain"));
    expect(more).toBeGreaterThan(little);
    expect(more).toBeLessThan(distance(ENGLISH, KOREAN));
  });

  test.each([
    [ENGLISH, KOREAN],
    ["Thanks a lot", "Thanks a ton"],
    ["I like this article", "I hate this article"],
    [
      "Дякую за цікаву статтю про новий міст у нашому місті",
      "Спасибо за интересную статью о новом мосте в городе",
    ],
    ["ㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋ", "ㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋ표정"],
    ["👍👍", "👎👎"],
  ])("different texts are far apart (%#)", (a, b) => {
    expect(distance(a, b)).toBeGreaterThan(NEAR_DISTANCE_MAX);
  });

  test("counts the bits of signed 64-bit numbers", () => {
    expect(hammingDistance(-1n, 0n)).toBe(64);
    expect(hammingDistance(-(2n ** 63n), 2n ** 63n - 1n)).toBe(64);
    expect(hammingDistance(0b1011n, 0b0001n)).toBe(2);
    expect(hammingDistance(1n << 40n, 0n)).toBe(1);
  });
});

describe("bands", () => {
  test("fit their columns, and without a sketch are the fingerprint's four sixteenths", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 120 }), (body) => {
        const { simhash, bands, sketch } = fingerprint(normaliseText(body));
        expect(BigInt.asIntN(64, simhash)).toBe(simhash);
        for (const band of bands) expect(band | 0).toBe(band);
        if (sketch) return;
        const joined = bands.reduceRight((sum, band) => (sum << 16n) | BigInt(band), 0n);
        expect(BigInt.asIntN(64, joined)).toBe(simhash);
      }),
      { numRuns: 200 },
    );
  });

  test("near fingerprints share one", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        fc.array(fc.nat(63), { maxLength: NEAR_DISTANCE_MAX }),
        (value, flips) => {
          const other = flips.reduce((bits, flip) => bits ^ (1n << BigInt(flip)), value);
          const shared = [0n, 16n, 32n, 48n].filter((at) => ((value ^ other) >> at) % 65_536n === 0n);
          expect(shared.length).toBeGreaterThan(0);
          expect(hammingDistance(value, other)).toBeLessThanOrEqual(NEAR_DISTANCE_MAX);
        },
      ),
    );
  });
});
