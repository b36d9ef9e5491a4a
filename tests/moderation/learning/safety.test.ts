import { describe, expect, test } from "vitest";
import { fingerprint } from "../../../src/moderation/fingerprint.ts";
import type { Example } from "../../../src/moderation/learning/example.ts";
import { createLearner } from "../../../src/moderation/learning/learner.ts";
import { loadBaseModel } from "../../../src/moderation/model/base-model.ts";
import { extractFeatures } from "../../../src/moderation/model/features.ts";
import { scoreFeatures } from "../../../src/moderation/model/score.ts";
import { emptySiteLayer, type SiteLayer } from "../../../src/moderation/model/site-layer.ts";
import type { ModelTask } from "../../../src/moderation/model/tasks.ts";
import { normaliseText } from "../../../src/moderation/text.ts";
import { cleanBody } from "../../support/fixtures.ts";

const base = await loadBaseModel();
const MINUTE_MS = 60_000;
const START = Date.parse("2026-03-01T08:00:00Z");

type Decision = { body: string; author: number; by: string; minute: number; action: string; reason?: string };

/** The layer that these decisions, in this order, lead to. */
function learn(decisions: Decision[]): SiteLayer {
  const learner = createLearner(base, emptySiteLayer());
  for (const [n, { body, author, by, minute, action, reason = null }] of decisions.entries()) {
    const id = `01900000-0000-7000-8000-${n.toString().padStart(12, "0")}`;
    const example: Example = {
      commentId: id,
      decisionId: id,
      revision: 1,
      action,
      reason,
      moderator: by,
      authorId: String(author),
      simhash: fingerprint(normaliseText(body)).simhash,
      decidedAt: new Date(START + minute * MINUTE_MS),
    };
    const text = { body, name: `Reader ${author}`, website: null };
    learner.take(example, text);
  }
  return learner.layer;
}

function probability(layer: SiteLayer | null, body: string, task: ModelTask): number {
  const features = extractFeatures({ text: normaliseText(body), name: "Someone", website: null });
  return scoreFeatures(base, layer, features)[task]?.probability ?? Number.NaN;
}

const TOWNS = ["Ashford", "Brackley", "Camborne", "Dunster", "Elmswell", "Fenwick", "Grimsby", "Holmfirth"];
const MONTHS = ["January", "March", "May", "June", "August", "October", "November"];
const NOUNS = ["bridge", "school", "harbour", "library", "market", "railway", "clinic", "theatre", "bakery"];
const pick = (list: readonly string[], n: number) => list[n % list.length] ?? "";

/** What this site is about: readers on their towns. */
const civil = (n: number) =>
  `In ${pick(TOWNS, n)} the ${pick(NOUNS, n * 5 + 1)} was closed in ${pick(MONTHS, n * 3)} and the council of ${pick(TOWNS, n * 7 + 3)} ` +
  `promised a new ${pick(NOUNS, n * 2 + 4)}; ${cleanBody(n)}`;
/** What it is plagued by, and what no base model has seen. */
const plague = (n: number) =>
  `Moonstone tincture from ${pick(TOWNS, n * 3)} healed my ${pick(["knee", "back", "liver", "skin", "sleep", "heart"], n)} ` +
  `in ${(n % 9) + 2} days, ask for the ${pick(MONTHS, n)} batch of moonstone tincture, bottle ${n}`;
const INSULTS = [
  "You are a stupid idiot and everybody knows it",
  "What a pathetic moron you are, shut up",
  "Only a complete imbecile writes such rubbish, you clown",
];
const SPAM = [
  "Earn $5000 a week from home!!! Visit http://cash-now.example/join and subscribe to my channel",
  "Check out my channel and subscribe please, free gift cards at http://gifts.example",
];

/** A day's honest work of two moderators. */
const HONEST: Decision[] = Array.from({ length: 120 }, (_, n): Decision => {
  const by = n % 2 ? "olena" : "marko";
  return n % 3 === 0
    ? { body: plague(n), author: n, by, minute: n * 2, action: "spam", reason: "spam" }
    : { body: civil(n), author: n, by, minute: n * 2, action: "publish" };
});
const many = (count: number, decide: (n: number) => Omit<Decision, "minute">, perMinute = 1): Decision[] =>
  Array.from({ length: count }, (_, n) => ({ ...decide(n), minute: 300 + n / perMinute }));
const unseen = Array.from({ length: 40 }, (_, n) => n + 500);
const shareOf = (layer: SiteLayer, text: (n: number) => string, task: ModelTask) =>
  unseen.filter((n) => probability(layer, text(n), task) >= 0.5).length / unseen.length;

const honest = learn(HONEST);

test("honest work is learned: what no base model has seen is told from what the site is about", () => {
  expect(shareOf(emptySiteLayer(), plague, "spam")).toBe(0);
  expect(shareOf(honest, plague, "spam")).toBe(1);
  expect(shareOf(honest, civil, "spam")).toBe(0);
});

describe("it is not flipped", () => {
  test("by a brigade that gets one text published two hundred times, by as many authors", () => {
    const published = many(200, (n) => ({
      body: plague(1),
      author: 1_000 + n,
      by: "olena",
      action: "publish",
    }));
    expect(shareOf(learn([...HONEST, ...published]), plague, "spam")).toBeGreaterThan(0.95);
  });

  test("by one author's flood of one text", () => {
    const flood = many(200, () => ({ body: civil(1), author: 1_000, by: "olena", action: "spam" }));
    const once = learn([...HONEST, ...flood.slice(0, 1)]);
    expect(probability(learn([...HONEST, ...flood]), civil(500), "spam")).toBe(
      probability(once, civil(500), "spam"),
    );
  });

  test.each([
    ["one by one, all day", 1],
    ["a hundred in a minute", 100],
  ])("by a moderator who marks two hundred ordinary comments as spam, %s", (_, perMinute) => {
    const careless = many(
      200,
      (n) => ({ body: civil(n + 200), author: 1_000 + n, by: "petro", action: "spam" }),
      perMinute,
    );
    expect(shareOf(learn(careless), civil, "spam")).toBe(1);
    expect(shareOf(learn([...HONEST, ...careless]), civil, "spam")).toBeLessThan(0.15);
  });

  test("by a moderator who publishes the site's spam for an afternoon", () => {
    const careless = many(50, (n) => ({
      body: plague(n + 200),
      author: 1_000 + n,
      by: "petro",
      action: "publish",
    }));
    expect(shareOf(learn([...HONEST, ...careless]), plague, "spam")).toBeGreaterThan(0.5);
  });

  test("by anybody, of what the base model is sure of", () => {
    const careless = many(300, (n) => ({
      body: `${INSULTS[n % INSULTS.length]}. ${SPAM[n % SPAM.length]} ${civil(n)}`,
      author: 1_000 + n,
      by: "petro",
      action: "publish",
    }));
    const layer = learn(careless);
    for (const body of INSULTS) expect(probability(layer, body, "toxic")).toBeGreaterThan(0.5);
    for (const body of SPAM) expect(probability(layer, body, "spam")).toBeGreaterThan(0.5);
  });
});
