import { expect, test } from "vitest";
import { loadBaseModel } from "../../../src/moderation/model/base-model.ts";
import { extractFeatures } from "../../../src/moderation/model/features.ts";
import { reasonsFor, scoreFeatures } from "../../../src/moderation/model/score.ts";
import {
  emptySiteLayer,
  learnExample,
  parseSiteLayer,
  serialiseSiteLayer,
} from "../../../src/moderation/model/site-layer.ts";
import { normaliseText } from "../../../src/moderation/text.ts";

const base = await loadBaseModel();
const read = (body: string) => extractFeatures({ text: normaliseText(body), name: "Ann", website: null });

const LESSONS = [
  ["The glimmer festival was lovely this year", 0],
  ["Buy glimmerstones from my friend, the best glimmerstones in town", 1],
  ["I walked past the harbour and saw the festival", 0],
  ["Glimmerstones heal everything, ask my friend", 1],
] as const;

function taught() {
  const layer = emptySiteLayer();
  for (const [body, y] of LESSONS) learnExample(base, layer, read(body), { task: "spam", y, weight: 1 });
  return layer;
}

test("a few examples move similar texts, and only the task they are about", () => {
  const features = read("These glimmerstones healed my friend");
  const before = scoreFeatures(base, null, features);
  const after = scoreFeatures(base, taught(), features);
  expect(after.spam?.probability).toBeGreaterThan((before.spam?.probability ?? 1) * 1.5);
  expect(after.toxic).toEqual(before.toxic);
});

test("the same examples in the same order give the same bytes, and bytes give the same scores", () => {
  const layer = taught();
  const bytes = serialiseSiteLayer(layer);
  expect(serialiseSiteLayer(taught())).toEqual(bytes);
  const again = parseSiteLayer(bytes);
  expect(serialiseSiteLayer(again)).toEqual(bytes);
  const features = read("Ask my friend about the harbour");
  expect(scoreFeatures(base, again, features)).toEqual(scoreFeatures(base, layer, features));
  expect(() => parseSiteLayer(bytes.subarray(1))).toThrow("no site layer");
});

test("reasons are pieces of the body", () => {
  const body = "Well… \u200byou   are a STUPID idiot, Sir";
  const pieces = reasonsFor(base, null, read(body), "toxic").map(({ start, end }) => body.slice(start, end));
  expect(pieces).toContain("idiot");
  expect(pieces).toContain("STUPID");
});
