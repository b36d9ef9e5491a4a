import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DECISION_ACTIONS } from "../../../src/comments/status.ts";
import { type Case, countPopulation, STRATA, weigh } from "../../../src/moderation/automation/cases.ts";
import { CHOICE_LIMITS, choosePoint } from "../../../src/moderation/automation/choose.ts";
import { AUTOMATED, computeCurve, thin } from "../../../src/moderation/automation/curve.ts";
import { VERDICTS } from "../../../src/moderation/verdict.ts";

const one = (score: number, verdict: Case["verdict"], more: Partial<Case> = {}): Case => ({
  stratum: "held",
  action: "hold",
  spam: score,
  toxicity: 0,
  verdict,
  ...more,
});
const many = (count: number, make: (n: number) => Case) => Array.from({ length: count }, (_, n) => make(n));

describe("the curve", () => {
  test("goes from the surest to the last, with what moderators disagreed on", () => {
    const cases = [one(0.1, "publish"), one(0.3, "publish"), one(0.5, null), one(0.7, "spam")];
    const points = computeCurve("publish", cases);
    expect(points.map(({ threshold, share, cases: n, errors }) => [threshold, share, n, errors])).toEqual([
      [0.2, 0.25, 1, 0],
      [0.4, 0.5, 2, 0],
      [0.6, 0.75, 2, 0],
      [0.85, 1, 3, 1],
    ]);
    expect(points[3]?.agreement.value).toBeCloseTo(2 / 3);
    const spam = computeCurve("spam", cases);
    expect(spam.map(({ threshold, cases: n, errors }) => [threshold, n, errors])).toEqual([
      [0.6, 1, 0],
      [0.4, 1, 0],
      [0.2, 2, 1],
      [0.1, 3, 2],
    ]);
  });

  test("to publish counts the worst score, and leaves out what has none and what is for people", () => {
    const cases = [
      one(0.1, "reject", { toxicity: 0.9 }),
      one(0.2, "publish"),
      one(0.1, "publish", { toxicity: null }),
      one(0.1, "publish", { stratum: "reserved" }),
    ];
    expect(computeCurve("publish", cases).map(({ cases: n, errors, share }) => [n, errors, share])).toEqual([
      [1, 0, 0.25],
      [2, 1, 0.5],
    ]);
  });

  test("weighs sampled comments by what they stand for", () => {
    const cases = [
      ...many(50, () => one(0.1, "publish")),
      ...many(50, () => one(0.1, null)),
      ...many(20, (n) => one(0.1, n === 0 ? "reject" : "publish", { stratum: "sampled", action: "publish" })),
      ...many(979, () => one(0.1, null, { stratum: "automatic", action: "publish" })),
      one(0.1, "reject", { stratum: "automatic", action: "publish" }),
    ];
    const weights = weigh(cases);
    expect([weights.held, weights.sampled("publish"), weights.sampled("spam")]).toEqual([2, 999 / 20, 0]);
    const [point] = computeCurve("publish", cases);
    expect(point).toMatchObject({
      cases: 71,
      errors: 2,
      heldShare: 1,
      held: { cases: 50, agreement: { value: 1 } },
    });
    // One in twenty of 999, and the one that somebody found, among 1,100.
    expect(point?.agreement.value).toBeCloseTo(1 - (999 / 20 + 1) / 1_100, 10);
    expect(countPopulation(cases)).toMatchObject({
      decisions: 1_100,
      held: 100,
      sampled: 20,
      judgedSampled: 20,
    });
  });

  test("samples of what is spam stand for nothing that is published", () => {
    const cases = [
      ...many(100, () => one(0.1, null, { stratum: "automatic", action: "publish" })),
      ...many(10, () => one(0.9, "spam", { stratum: "sampled", action: "spam" })),
      ...many(90, () => one(0.9, null, { stratum: "automatic", action: "spam" })),
      one(0.1, "reject", { stratum: "automatic", action: "publish" }),
    ];
    const weights = weigh(cases);
    expect([weights.sampled("publish"), weights.sampled("spam")]).toEqual([0, 10]);
    expect(countPopulation(cases)).toMatchObject({ unrepresented: 100, judgedSampled: 10 });
    expect(computeCurve("publish", cases)[0]).toMatchObject({ cases: 1, errors: 1, agreement: { value: 0 } });
  });

  test("property: a threshold selects just what its point counts; shares only grow", () => {
    const score = fc.option(fc.integer({ min: 0, max: 20 }).map((n) => n / 20));
    const cases = fc.array(
      fc.record({
        stratum: fc.constantFrom(...STRATA),
        action: fc.constantFrom(...DECISION_ACTIONS),
        spam: score,
        toxicity: score,
        verdict: fc.constantFrom(null, ...VERDICTS),
      }),
      { minLength: 1, maxLength: 60 },
    );
    fc.assert(
      fc.property(cases, fc.constantFrom(...AUTOMATED), (all, automated) => {
        let last = 0;
        for (const { threshold, share, cases: n, errors, agreement, held } of computeCurve(automated, all)) {
          const alone = all.filter(({ stratum, spam, toxicity }) => {
            if (stratum === "reserved" || spam === null) return false;
            if (automated === "spam") return spam >= threshold;
            return toxicity !== null && spam < threshold && toxicity < threshold;
          });
          expect(share).toBeCloseTo(alone.length / all.length, 10);
          expect(n).toBe(alone.filter(({ verdict }) => verdict !== null).length);
          expect(errors).toBeLessThanOrEqual(n);
          expect(held.cases).toBeLessThanOrEqual(n);
          expect(agreement.low).toBeLessThanOrEqual(agreement.high);
          expect(share).toBeGreaterThan(last);
          last = share;
        }
      }),
    );
  });

  test.each([
    [3, 5, [1, 2, 3]],
    [10, 5, [2, 4, 6, 8, 10]],
    [7, 3, [2, 5, 7]],
  ])("%i points thinned to %i keep the last", (length, max, kept) => {
    expect(
      thin(
        Array.from({ length }, (_, n) => n + 1),
        max,
      ),
    ).toEqual(kept);
  });
});

const agreed = (count: number) =>
  computeCurve(
    "publish",
    many(count, () => one(0.1, "publish")),
  );

describe("the choice", () => {
  const { casesMin } = CHOICE_LIMITS;

  test("is the farthest point that meets the agreement, though one before did not", () => {
    // The 101st is wrong: too few agree just then, and enough again later.
    const cases = many(400, (n) => one(n / 1_000, n === 100 || n > 300 ? "reject" : "publish"));
    const chosen = choosePoint(computeCurve("publish", cases), 0.99, "observed");
    expect(chosen).toMatchObject({ stopped: null, cases: 303 });
    expect(chosen.value).toBeCloseTo(0.3025);
  });

  test("is refused with too few cases, and where moderators never agreed so often", () => {
    const few = many(casesMin - 1, (n) => one(n / 1_000, "publish"));
    expect(choosePoint(computeCurve("publish", few), 0.9, "observed")).toEqual({
      value: null,
      stopped: "too_few_cases",
      cases: casesMin - 1,
    });
    const mixed = many(300, (n) => one(n / 1_000, n % 5 === 0 ? "spam" : "publish"));
    expect(choosePoint(computeCurve("publish", mixed), 0.9, "observed").stopped).toBe(
      "agreement_not_reached",
    );
    expect(choosePoint([], 0.9, "observed")).toMatchObject({ stopped: "too_few_cases", cases: 0 });
  });

  test("must be met among those held until now as well", () => {
    const easy = many(1_000, () => one(0.1, "publish", { stratum: "sampled", action: "publish" }));
    const hard = many(40, (n) => one(0.1, n < 8 ? "spam" : "publish"));
    const points = computeCurve("publish", [...easy, ...hard]);
    expect(points[0]?.agreement.value).toBeGreaterThan(0.99);
    expect(choosePoint(points, 0.99, "observed").stopped).toBe("agreement_not_reached");
  });

  test("by the lower bound takes 381 cases without an error for 99 %", () => {
    expect(choosePoint(agreed(380), 0.99, "lower_bound").stopped).toBe("agreement_not_reached");
    expect(choosePoint(agreed(381), 0.99, "lower_bound").stopped).toBeNull();
  });
});
