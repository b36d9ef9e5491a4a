import { describe, expect, test } from "vitest";
import { fitBatch } from "../../../src/moderation/model/batch-model.ts";
import { calibrate } from "../../../src/moderation/model/calibrate.ts";
import { extractFeatures } from "../../../src/moderation/model/features.ts";
import { measure } from "../../../src/moderation/model/measure.ts";
import { minimise } from "../../../src/moderation/model/minimise.ts";
import { sigmoid } from "../../../src/moderation/model/sigmoid.ts";
import { isInTextSet, makeTextSet } from "../../../src/moderation/model/text-set.ts";
import { normaliseText } from "../../../src/moderation/text.ts";

const GOOD = ["bread", "river", "bridge", "garden", "school", "teacher", "winter", "orchard"];
const BAD = ["glimmer", "jackpot", "fortune", "miracle", "discount", "riches", "lottery", "bargain"];

/** Sentences about either, the same every time. */
function sentences(count: number) {
  return Array.from({ length: count }, (_, i) => {
    const y: 0 | 1 = i % 3 === 0 ? 1 : 0;
    const words = y === 1 ? BAD : GOOD;
    const text = `We saw the ${words[i % 8]} and then a ${words[(i * 5 + 3) % 8]} near number ${i}`;
    return { y, features: extractFeatures({ text: normaliseText(text), name: "", website: null }) };
  });
}

test("a fit on a few dozen sentences tells new ones apart, and twice the same", () => {
  const all = sentences(150);
  const model = fitBatch(null, "spam", all.slice(0, 100));
  const again = fitBatch(null, "spam", all.slice(0, 100));
  const judged = all.slice(100).map(({ features, y }) => ({ probability: model.probabilityOf(features), y }));
  expect(measure(judged, model.threshold)).toMatchObject({ auc: 1, mcc: 1, blockedHam: 0 });
  expect(all.map(({ features }) => again.probabilityOf(features))).toEqual(
    all.map(({ features }) => model.probabilityOf(features)),
  );
});

test("minimise finds the bottom of a bowl", () => {
  const bottom = minimise(
    ([x = 0, y = 0], gradient) => {
      gradient[0] = 2 * (x - 3);
      gradient[1] = 20 * (y + 1);
      return (x - 3) ** 2 + 10 * (y + 1) ** 2;
    },
    2,
    50,
  );
  expect(bottom[0]).toBeCloseTo(3, 2);
  expect(bottom[1]).toBeCloseTo(-1, 2);
});

test("calibration undoes exaggeration", () => {
  const truth = Array.from({ length: 4_000 }, (_, i) => ((i % 80) - 40) / 10);
  const labels = truth.map((logit, i): 0 | 1 => (((i * 7_919) % 4_000) / 4_000 < sigmoid(logit) ? 1 : 0));
  const shown = truth.map((logit) => 3 * logit + 1);
  const { slope, shift } = calibrate(shown, labels);
  const error = (logits: number[]) =>
    measure(
      logits.map((logit, i) => ({ probability: sigmoid(logit), y: labels[i] ?? 0 })),
      0.5,
    ).calibrationError;
  expect(slope).toBeCloseTo(1 / 3, 1);
  expect(error(shown)).toBeGreaterThan(0.05);
  expect(error(shown.map((logit) => slope * logit + shift))).toBeLessThan(0.02);
});

describe("measures", () => {
  const judged = [
    { probability: 0.9, y: 1 },
    { probability: 0.8, y: 0 },
    { probability: 0.7, y: 1 },
    { probability: 0.2, y: 1 },
    { probability: 0.2, y: 0 },
    { probability: 0.1, y: 0 },
  ] as const;

  test("are those of the textbook", () => {
    const found = measure(judged, 0.5);
    expect(found).toMatchObject({
      count: 6,
      positives: 3,
      recall: 2 / 3,
      precision: 2 / 3,
      blockedHam: 1 / 3,
    });
    expect(found.accuracy).toBeCloseTo(4 / 6);
    expect(found.mcc).toBeCloseTo(1 / 3);
    expect(found.auc).toBeCloseTo(6.5 / 9);
    // Bins: .1 off by .1, .2 (two) by .6, .7 by .3, .8 by .8, .9 by .1; over six.
    expect(found.calibrationError).toBeCloseTo((0.1 + 0.6 + 0.3 + 0.8 + 0.1) / 6);
  });

  test("say that there is nothing to measure", () => {
    const found = measure([{ probability: 0.3, y: 0 }], 0.5);
    expect([found.recall, found.auc]).toEqual([Number.NaN, Number.NaN]);
    expect(found.mcc).toBe(0);
  });
});

test("a text set remembers what it was made of and hardly anything else", () => {
  const texts = Array.from({ length: 2_000 }, (_, i) => `text number ${i}`);
  const set = makeTextSet(texts);
  expect(texts.every((text) => isInTextSet(set, text))).toBe(true);
  const others = Array.from({ length: 10_000 }, (_, i) => `another ${i}`);
  expect(others.filter((text) => isInTextSet(set, text)).length).toBeLessThan(40);
});
