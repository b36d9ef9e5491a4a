import { stat } from "node:fs/promises";
import { array, assert, constantFrom, oneof, property, string } from "fast-check";
import { describe, expect, test } from "vitest";
import { loadBaseModel } from "../../../src/moderation/model/base-model.ts";
import { extractFeatures } from "../../../src/moderation/model/features.ts";
import { reasonsFor, scoreFeatures } from "../../../src/moderation/model/score.ts";
import { MODEL_TASKS, type ModelTask } from "../../../src/moderation/model/tasks.ts";
import { parseWeights } from "../../../src/moderation/model/weights-file.ts";
import { normaliseText } from "../../../src/moderation/text.ts";
import { DISGUISES, obfuscate } from "../../../scripts/model/obfuscate.ts";

const base = await loadBaseModel();
const read = (body: string) => extractFeatures({ text: normaliseText(body), name: "", website: null });
const probability = (body: string, task: ModelTask) =>
  scoreFeatures(base, null, read(body))[task]?.probability ?? -1;

describe("the shipped model", () => {
  test.each<[string, Partial<Record<ModelTask, boolean>>]>([
    ["You are a brainless idiot and a coward", { toxic: true, insult: true, threat: false, spam: false }],
    ["I will come to your house and kill you", { toxic: true, threat: true }],
    ["This council has failed the town again, and I am angry about it", { toxic: false, spam: false }],
    ["The soldiers who surrendered will be shot if they are sent home", { toxic: false, threat: false }],
    ["Make $900 a day, just click http://fast-cash.example now!!!", { spam: true, toxic: false }],
    ["Ты тупая мразь, заткнись уже", { toxic: true, insult: true }],
    ["Пленных надо вернуть домой, война должна закончиться", { toxic: false, spam: false }],
    ["Ти довбаний дебіл, стули пельку", { toxic: true }],
    ["Дякую за статтю, дуже болюча тема для нашої родини", { toxic: false, spam: false }],
    ["병신 새끼야 꺼져라", { toxic: true }],
    ["기사 잘 읽었습니다. 포로들이 무사히 돌아오기를 바랍니다.", { toxic: false, spam: false }],
    ["Лучшие ставки и казино, переходи http://stavki.example и забери бонус!!!", { spam: true }],
  ])("judges “%s”", (body, expected) => {
    for (const [task, isTrue] of Object.entries(expected) as [ModelTask, boolean][]) {
      const found = probability(body, task);
      if (isTrue) expect(found, task).toBeGreaterThan(0.5);
      else expect(found, task).toBeLessThan(0.4);
    }
  });

  test("sees insults through every disguise, and points at them as they were written", () => {
    for (const body of ["You are an idiot", "Ты дебил", "병신 같은 놈"]) {
      for (const disguise of DISGUISES) {
        const hidden = obfuscate(body, disguise);
        expect(probability(hidden, "toxic"), hidden).toBeGreaterThan(0.5);
      }
    }
    const body = "Ну ты и п и д о р, приятель";
    const pieces = reasonsFor(base, null, read(body), "toxic").map(({ start, end }) =>
      body.slice(start, end),
    );
    expect(pieces[0]).toBe("п и д о р");
  });

  test.each([
    "",
    "   ",
    "12345 67",
    "👍👍",
    "…?!",
    "Спасибі, ўсё",
    "Das ist nicht die Meinung von mir",
    "مرحبا بكم",
    "これは日本語です",
  ])("abstains from “%s”", (body) => {
    expect(Object.values(scoreFeatures(base, null, read(body)))).toEqual(MODEL_TASKS.map(() => null));
  });

  test("is at most 2 MB and its version names its content", async () => {
    const file = new URL("../../../src/moderation/model/base-weights.bin", import.meta.url);
    expect((await stat(file)).size).toBeLessThanOrEqual(2_000_000);
    expect(base.version).toMatch(/^[\da-f]{12}$/);
    expect(() => parseWeights(new Uint8Array(200))).toThrow("no weights file");
  });
});

test("no text breaks it: probabilities are probabilities, spans are in the body, twice gives the same", () => {
  const piece = oneof(
    string({ unit: "binary", maxLength: 60 }),
    constantFrom(
      "idiot",
      "х*й",
      "시1발",
      "http://a.example/б",
      "п и д о р",
      "a$$",
      "\ud800",
      "ㅅㅣ",
      "f**k",
      "..",
      "***",
      "3.14",
    ),
  );
  assert(
    property(array(piece, { maxLength: 8 }), string(), (pieces, name) => {
      const body = pieces.join("");
      const features = extractFeatures({ text: normaliseText(body), name, website: null });
      const scores = scoreFeatures(base, null, features);
      for (const task of MODEL_TASKS) {
        const score = scores[task];
        if (score !== null) {
          expect(score.probability).toBeGreaterThanOrEqual(0);
          expect(score.probability).toBeLessThanOrEqual(1);
        }
        for (const { start, end } of reasonsFor(base, null, features, task)) {
          expect(start >= 0 && start < end && end <= body.length).toBe(true);
        }
      }
      const again = extractFeatures({ text: normaliseText(body), name, website: null });
      expect(again.indices.join()).toBe(features.indices.join());
    }),
    { numRuns: 100 },
  );
});

test("a text of the longest kind is read in bounded time and features", () => {
  const features = read("x*y ".repeat(20_000) + "ы".repeat(50_000));
  expect(features.indices.length).toBeLessThanOrEqual(12_288);
});
