import { describe, expect, test } from "vitest";
import { loadBaseModel } from "../../../src/moderation/model/base-model.ts";
import { viewWithoutModel } from "../../../src/moderation/model-view.ts";
import { runSignals } from "../../../src/moderation/run-signals.ts";
import { spamSignal } from "../../../src/moderation/signals/spam.ts";
import { toxicitySignal } from "../../../src/moderation/signals/toxicity.ts";
import { makeSubject, runOn } from "./subject.ts";

const SPAM = "Earn $5000 a week from home!!! Visit http://cash-now.example/join and subscribe to my channel";
const INSULT = "You are a stupid idiot and a moron, shut up";
const CIVIL = "The article leaves out what the ferry costs the island in winter.";

describe("spam", () => {
  test("is a probability, with the pieces that speak for it and the model's version", async () => {
    const { version } = await loadBaseModel();
    const { facts, values, pieces } = await runOn(spamSignal, makeSubject(SPAM));
    expect(values["spam.score"]).toBeGreaterThan(0.7);
    expect(facts["spam.score"]?.detail).toEqual({ model: version });
    expect(pieces["spam.score"]?.length).toBeGreaterThan(0);
    const civil = await runOn(spamSignal, makeSubject(CIVIL));
    expect(civil.values["spam.score"]).toBeLessThan(0.3);
  });
});

describe("toxicity", () => {
  test("tells what kind it is", async () => {
    const { values, pieces } = await runOn(toxicitySignal, makeSubject(INSULT));
    expect(values["toxicity.score"]).toBeGreaterThan(0.8);
    expect(values["toxicity.insult"]).toBeGreaterThan(values["toxicity.threat"] as number);
    expect(pieces["toxicity.insult"]).toContain("idiot");
    const civil = await runOn(toxicitySignal, makeSubject(CIVIL));
    expect(civil.values["toxicity.score"]).toBeLessThan(0.3);
    expect(civil.facts["toxicity.threat"]).not.toHaveProperty("spans");
  });
});

test.each(["", "👍👍", "これはとてもいい記事だと思います"])("nothing is said of %j", async (body) => {
  expect(await spamSignal.run(makeSubject(body))).toEqual({});
  expect(await toxicitySignal.run(makeSubject(body))).toEqual({});
});

test("without a model all of it is unavailable", async () => {
  const subject = makeSubject(INSULT, { model: viewWithoutModel() });
  const { evidence } = await runSignals([spamSignal, toxicitySignal], subject);
  expect(evidence).toHaveLength(6);
  for (const one of evidence) {
    expect(one).toMatchObject({ state: "unavailable", error: "Error: the model could not be loaded" });
  }
});
