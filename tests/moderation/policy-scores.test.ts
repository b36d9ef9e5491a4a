import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AppError } from "../../src/errors.ts";
import { decide } from "../../src/moderation/decide.ts";
import { explainDecision } from "../../src/moderation/explain.ts";
import { compilePolicy } from "../../src/moderation/policy.ts";
import { isSampled } from "../../src/moderation/policy/sample.ts";
import { isHumanOnly } from "../../src/moderation/reasons.ts";
import { unpackTrace, unpackWhole } from "../../src/moderation/record.ts";
import type { Evidence, FactDeclaration } from "../../src/moderation/signal.ts";
import { newId } from "../../src/ids.ts";
import { wholeRecord } from "./stored-record.ts";

const FACTS: Record<string, FactDeclaration> = {
  "links.count": { type: "int", description: "Links" },
  "links.shorteners": { type: "int", description: "Shorteners" },
  "spam.score": { type: "double", description: "Spam" },
  "author.published": { type: "int", description: "Published" },
  "toxicity.threat": { type: "double", description: "Threat" },
};
const policyOf = (body: string) => compilePolicy(`version: 1\nname: Scores\n${body}`, FACTS);
const given = (values: Record<string, number | "down">): Evidence[] =>
  Object.entries(values).map(([name, value]) =>
    value === "down"
      ? { name, version: 1, state: "unavailable", error: "deadline" }
      : { name, version: 1, state: "ok", value },
  );
const problemsOf = (body: string): string[] => {
  try {
    policyOf(body);
    return [];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.fields.map(({ path, message }) => `${path}: ${message}`);
  }
};

const SCORES = policyOf(`
rules:
  - { id: many-links, description: Links, when: links.count >= 2, score: 4, group: links }
  - { id: shortener, description: Shorteners, when: links.shorteners > 0, score: 4, group: links }
  - { id: model, description: Reads like spam, score: 10.0 * spam.score }
  - { id: regular, description: A regular, when: author.published >= 10, score: -3 }
groups: { links: { cap: 5 } }
thresholds:
  hold: { at: 5, reason: score, priority: 7 }
  spam: { at: 12, reason: spam_score }
otherwise: publish
`);

describe("scores", () => {
  test.each([
    [{ "links.count": 2, "links.shorteners": 0, "spam.score": 0, "author.published": 0 }, 4, "publish", null],
    [
      { "links.count": 2, "links.shorteners": 1, "spam.score": 0, "author.published": 0 },
      5,
      "hold",
      "score-hold",
    ],
    [
      { "links.count": 2, "links.shorteners": 1, "spam.score": 0.7, "author.published": 0 },
      12,
      "spam",
      "score-spam",
    ],
    [
      { "links.count": 2, "links.shorteners": 1, "spam.score": 0.7, "author.published": 12 },
      9,
      "hold",
      "score-hold",
    ],
    // What the model abstains from adds nothing.
    [{ "links.count": 2, "links.shorteners": 1, "author.published": 0 }, 5, "hold", "score-hold"],
  ])("%j is %d: %s by %s", (facts, total, action, ruleId) => {
    expect(decide(given(facts), SCORES)).toMatchObject({ action, ruleId, score: { total } });
  });

  test("no group counts for more than its cap, and rules that decide come first", () => {
    const policy = policyOf(`
rules:
  - { id: known, description: Known, when: author.published >= 10, then: publish, reason: trusted_author }
  - { id: links, description: Links, when: links.count > 0, then: hold, reason: links, score: 50, group: links }
groups: { links: { cap: 3 } }
thresholds: { spam: { at: 3, reason: spam_score } }
otherwise: publish
`);
    const regular = decide(given({ "links.count": 9, "author.published": 10 }), policy);
    expect(regular).toMatchObject({
      action: "publish",
      ruleId: "known",
      score: { total: 3, groups: { links: 3 } },
    });
    expect(decide(given({ "links.count": 9, "author.published": 0 }), policy)).toMatchObject({
      action: "hold",
      ruleId: "links",
    });
  });

  test("what a score needs is down: it holds, unless it is told to skip", () => {
    const facts = given({
      "links.count": 0,
      "links.shorteners": 0,
      "spam.score": "down",
      "author.published": 0,
    });
    expect(decide(facts, SCORES)).toMatchObject({
      action: "hold",
      ruleId: "model",
      reason: "check_unavailable",
    });
    const skipping = policyOf(
      "rules: [{ id: model, description: M, score: 10.0 * spam.score, onUnavailable: skip }]\notherwise: publish",
    );
    expect(decide(facts, skipping)).toMatchObject({ action: "publish", score: { total: 0 } });
  });

  test("a shadow rule's points are told but do not count", () => {
    const policy = policyOf(`
rules:
  - { id: one, description: One, when: links.count > 0, score: 2 }
  - { id: two, description: Two, when: links.count > 0, score: 4, mode: shadow }
thresholds: { hold: { at: 5, reason: score } }
otherwise: publish
`);
    expect(decide(given({ "links.count": 1 }), policy)).toMatchObject({
      action: "publish",
      score: { total: 2, withShadow: 6 },
    });
  });

  test("are told in words, and kept with the decision", () => {
    const facts = given({
      "links.count": 2,
      "links.shorteners": 1,
      "spam.score": 0.7,
      "author.published": 12,
    });
    const decision = decide(facts, SCORES);
    expect(explainDecision(decision, facts).summary).toMatch(
      /^Held because several signs add up\. The score is 9 \(Reads like spam \+7; Links \+4; Shorteners \+4; and 1 more\)\./,
    );
    const stored = wholeRecord(SCORES, facts, decision).trace;
    expect(unpackTrace(stored)?.map(({ id, points }) => [id, points])).toEqual(
      decision.trace.map(({ id, points }) => [id, points]),
    );
    expect(unpackWhole(stored)).toEqual({ score: decision.score, sampled: null });
  });

  test.each([
    [
      "rules: [{ id: a, description: A, when: links.count > 0 }]\notherwise: hold",
      "A rule decides (then) or scores",
    ],
    ["rules: [{ id: a, description: A, score: 4 }]\notherwise: hold", "may leave out when"],
    [
      "rules: [{ id: a, description: A, score: spam.score > 0.5 }]\notherwise: hold",
      "must be a number, but is of type bool",
    ],
    ["rules: [{ id: a, description: A, score: 2.0 * spam.scoer }]\notherwise: hold", "is spam.score meant?"],
    [
      "rules: [{ id: a, description: A, score: spam.score, group: g }]\notherwise: hold",
      "There is no group g",
    ],
    [
      "rules: []\nthresholds: { hold: { at: 3, reason: score } }\notherwise: hold",
      "no threshold is ever reached",
    ],
    [
      "rules: [{ id: a, description: A, score: spam.score }]\nthresholds: { hold: { at: 3, reason: score }, spam: { at: 3, reason: spam } }\notherwise: hold",
      "is at 3 already",
    ],
    [
      "rules: [{ id: score-hold, description: A, score: spam.score }]\notherwise: hold",
      "thresholds of the score",
    ],
    [
      "rules: [{ id: a, description: A, score: 101, when: links.count > 0 }]\notherwise: hold",
      "rules.0.score",
    ],
  ])("%s is refused", (body, problem) => {
    expect(problemsOf(body).join("\n")).toContain(problem);
  });
});

const maybeDown = (values: fc.Arbitrary<number>) => fc.oneof(values, fc.constant("down" as const));

describe("what only people decide", () => {
  const THREAT =
    "{ id: threat, description: A threat, when: toxicity.threat > 0.8, then: hold, reason: threat, score: 5.0 * spam.score";
  const OTHERS = [
    "{ id: regular, description: A regular, when: author.published >= 10, then: publish, reason: trusted_author }",
    "{ id: bot, description: A bot, when: links.count > 5, then: spam, reason: bot }",
    "{ id: links, description: Links, when: links.count > 2, then: hold, reason: links, priority: 50 }",
    "{ id: model, description: Spam, score: 20.0 * spam.score, onUnavailable: skip }",
    "{ id: grave, description: Grave, when: links.shorteners > 1, then: hold, reason: illegal, priority: 10 }",
  ];
  const policies = fc
    .tuple(
      fc.shuffledSubarray([...OTHERS.keys()]),
      fc.nat(OTHERS.length),
      fc.constantFrom("", ", onUnavailable: skip", ", priority: 10", ", priority: 95"),
    )
    .map(([order, place, more]) => {
      const rules = order.map((index) => OTHERS[index]);
      rules.splice(place, 0, `${THREAT}${more} }`);
      const scored = "thresholds: { hold: { at: 4, reason: score }, spam: { at: 10, reason: spam_score } }";
      const sampled = "sampling: { share: 1, of: [publish, reject, spam] }";
      return `rules:\n${rules.map((rule) => `  - ${rule}\n`).join("")}${scored}\n${sampled}\notherwise: publish`;
    });
  const facts = fc.record(
    {
      "author.published": maybeDown(fc.nat(20)),
      "links.count": maybeDown(fc.nat(10)),
      "links.shorteners": fc.nat(3),
      "spam.score": maybeDown(fc.double({ min: 0, max: 1, noNaN: true })),
    },
    { requiredKeys: [] },
  );
  const campaign = fc.constantFrom(undefined, "publish", "spam", "reject");

  test("no rule, threshold, campaign or sample comes before a threat, wherever its rule stands", () => {
    fc.assert(
      fc.property(policies, facts, campaign, (document, values, decision) => {
        const evidence = given({ ...values, "toxicity.threat": 0.9 });
        if (decision !== undefined)
          evidence.push({ name: "campaign.decision", version: 1, state: "ok", value: decision });
        const decided = decide(evidence, policyOf(document), { commentId: newId() });
        expect(decided.action).toBe("hold");
        expect(["threat", "illegal"]).toContain(decided.reason);
        expect(decided.priority).toBeGreaterThanOrEqual(document.includes("priority: 95") ? 95 : 90);
      }),
      { numRuns: 500 },
    );
  });

  test.each(["reject", "spam", "publish"])("a rule cannot %s for such a reason", (action) => {
    const rule = `{ id: t, description: T, when: toxicity.threat > 0.9, then: ${action}, reason: threat }`;
    expect(problemsOf(`rules: [${rule}]\notherwise: publish`)).toEqual([
      expect.stringMatching(/^rules\.0\.then: threat is never decided by a machine alone.*line 3/),
    ]);
    const scored = "{ id: t, description: T, score: toxicity.threat }";
    const threshold = "thresholds: { hold: { at: 1, reason: self_harm } }";
    expect(problemsOf(`rules: [${scored}]\n${threshold}\notherwise: publish`).join()).toContain(
      "never decided by a machine alone",
    );
    expect(isHumanOnly("spam")).toBe(false);
  });
});

describe("the sample", () => {
  const SAMPLED = policyOf("rules: []\nsampling: { share: 0.02, of: [publish] }\notherwise: publish");

  test("takes about its share of all comments, and always the same ones", () => {
    const ids = Array.from({ length: 20_000 }, (_, n) => newId(1_700_000_000_000 + n));
    const sampled = ids.filter((commentId) => decide([], SAMPLED, { commentId }).sampled !== null);
    // Six standard deviations of a binomial distribution.
    expect(Math.abs(sampled.length - 400)).toBeLessThan(6 * Math.sqrt(20_000 * 0.02 * 0.98));
    for (const id of sampled) expect(isSampled(id, 0.02)).toBe(true);
    expect(ids.some((id) => isSampled(id, 0))).toBe(false);
    expect(ids.every((id) => isSampled(id, 1))).toBe(true);
  });

  test("holds, says what would have been, and takes nothing that is held anyway", () => {
    const all = policyOf("rules: []\nsampling: { share: 1, of: [publish, spam] }\notherwise: publish");
    const decision = decide([], all, { commentId: newId() });
    expect(decision).toMatchObject({
      action: "hold",
      ruleId: "sample",
      reason: "sample",
      sampled: { action: "publish", ruleId: null },
    });
    expect(explainDecision(decision, []).summary).toContain("Otherwise it would have been published");
    expect(unpackWhole(wholeRecord(all, [], decision).trace).sampled).toEqual(decision.sampled);
    const strict = policyOf("rules: []\nsampling: { share: 1, of: [publish, spam] }\notherwise: hold");
    expect(decide([], strict, { commentId: newId() })).toMatchObject({
      reason: "premoderation",
      sampled: null,
    });
    expect(decide([], all)).toMatchObject({ action: "publish", sampled: null });
  });
});
