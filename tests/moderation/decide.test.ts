import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DecisionAction } from "../../src/comments/status.ts";
import { decide, type Decision } from "../../src/moderation/decide.ts";
import { compilePolicy } from "../../src/moderation/policy.ts";
import type { Evidence, FactValue } from "../../src/moderation/signal.ts";
import { documentOf, evidenceOf, type RuleParts, TEST_FACTS } from "./policy-facts.ts";

type Otherwise = "publish" | "hold";

function decideBy(
  rules: readonly RuleParts[],
  evidence: readonly Evidence[],
  otherwise: Otherwise = "publish",
): Decision {
  return decide(evidence, compilePolicy(documentOf(rules, otherwise), TEST_FACTS, 4));
}

const YES = { when: "links.website" };
const NO = { when: "!links.website" };
const DOWN = { when: "links.count > 1" };
const MISSING = { when: "style.shouting > 0.5" };
const EVIDENCE = evidenceOf({ "links.website": true }, ["links.count"]);

describe("who decides", () => {
  test.each<[string, RuleParts[], DecisionAction, string | null]>([
    ["nobody", [], "publish", null],
    ["nobody that matched", [NO, MISSING], "publish", null],
    ["the only match", [NO, { ...YES, action: "spam" }], "spam", "r1"],
    [
      "the first match",
      [
        { ...YES, action: "publish" },
        { ...YES, action: "spam" },
      ],
      "publish",
      "r0",
    ],
    [
      "not a shadow rule",
      [
        { ...YES, action: "spam", mode: "shadow" },
        { ...YES, action: "reject" },
      ],
      "reject",
      "r1",
    ],
    ["not a rule that is off", [{ ...YES, action: "spam", mode: "off" }], "publish", null],
    ["a rule whose check is down: it holds", [{ ...DOWN, action: "spam" }], "hold", "r0"],
    ["it even when it would publish", [{ ...DOWN, action: "publish" }], "hold", "r0"],
    ["a match before it", [{ ...YES, action: "publish" }, DOWN], "publish", "r0"],
    ["it before a match", [DOWN, { ...YES, action: "publish" }], "hold", "r0"],
    [
      "the match after it, when told to skip",
      [
        { ...DOWN, onUnavailable: "skip" },
        { ...YES, action: "spam" },
      ],
      "spam",
      "r1",
    ],
    ["not a shadow rule whose check is down", [{ ...DOWN, mode: "shadow" }], "publish", null],
    [
      "not a rule that lacks a fact",
      [
        { ...MISSING, action: "spam" },
        { ...YES, action: "reject" },
      ],
      "reject",
      "r1",
    ],
    [
      "a rule that fails: it holds",
      [{ when: "1 / (links.website ? 0 : 1) > 0", action: "spam" }],
      "hold",
      "r0",
    ],
  ])("%s", (_title, rules, action, ruleId) => {
    expect(decideBy(rules, EVIDENCE)).toMatchObject({ action, ruleId });
  });

  test("the rest is published or held, as the policy says", () => {
    expect(decideBy([NO], EVIDENCE, "publish")).toMatchObject({
      action: "publish",
      reason: "no_objection",
      priority: 0,
    });
    expect(decideBy([NO], EVIDENCE, "hold")).toMatchObject({
      action: "hold",
      reason: "premoderation",
      priority: 0,
    });
  });

  test("the deciding rule gives reason and priority, its own or that of the failed check", () => {
    const rule = { reason: "links", priority: 30 };
    expect(decideBy([{ ...rule, ...YES }], EVIDENCE)).toMatchObject({ reason: "links", priority: 30 });
    expect(decideBy([{ ...rule, ...DOWN }], EVIDENCE)).toMatchObject({
      reason: "check_unavailable",
      priority: 30,
    });
  });
});

describe("the record", () => {
  const rules: RuleParts[] = [
    { ...NO, id: "no" },
    { ...YES, id: "shadow-before", action: "spam", mode: "shadow", reason: "spam" },
    { ...YES, id: "decides", action: "reject" },
    { ...YES, id: "off", mode: "off" },
    { ...YES, id: "shadow-after", action: "spam", mode: "shadow", reason: "spam" },
    { ...DOWN, id: "down" },
    { ...MISSING, id: "missing" },
    { when: "author.published / (links.website ? 0 : 1) > 0", id: "fails" },
  ];
  const decision = decideBy(rules, [...EVIDENCE, ...evidenceOf({ "author.published": 1 })]);

  test("shows every rule that is not off, also those after the deciding one", () => {
    const seen = decision.trace.map(({ id, outcome, facts, lacking, error }) => [
      id,
      outcome,
      facts,
      lacking ?? error,
    ]);
    expect(seen).toEqual([
      ["no", "not_matched", ["links.website"], undefined],
      ["shadow-before", "matched", ["links.website"], undefined],
      ["decides", "matched", ["links.website"], undefined],
      ["shadow-after", "matched", ["links.website"], undefined],
      ["down", "skipped_unavailable", ["links.count"], ["links.count"]],
      ["missing", "skipped_missing", ["style.shouting"], ["style.shouting"]],
      ["fails", "error", ["author.published", "links.website"], "division_by_zero"],
    ]);
  });

  test("tells what the shadow rules would have done", () => {
    expect(decision.shadow).toEqual([
      { ruleId: "shadow-before", action: "spam", reason: "spam", wouldDecide: true },
      { ruleId: "shadow-after", action: "spam", reason: "spam", wouldDecide: false },
    ]);
  });

  test("names the policy and survives JSON", () => {
    expect(decision.policy).toEqual({ name: "test", version: 4 });
    expect(JSON.parse(JSON.stringify(decision))).toStrictEqual(decision);
  });
});

/** Conditions with what they need, and the same in TypeScript: a second opinion on every decision below. */
const MODEL = [
  { when: "links.count >= 2", needs: ["links.count"], holds: (v: Values) => Number(v["links.count"]) >= 2 },
  { when: "links.website", needs: ["links.website"], holds: (v: Values) => v["links.website"] === true },
  {
    when: "style.shouting > 0.5",
    needs: ["style.shouting"],
    holds: (v: Values) => Number(v["style.shouting"]) > 0.5,
  },
  {
    when: 'author.status == "trusted" || links.count == 0',
    needs: ["author.status", "links.count"],
    holds: (v: Values) => v["author.status"] === "trusted" || v["links.count"] === 0,
  },
  {
    when: '"a" in links.hosts && !links.website',
    needs: ["links.hosts", "links.website"],
    holds: (v: Values) =>
      Array.isArray(v["links.hosts"]) && v["links.hosts"].includes("a") && !v["links.website"],
  },
] as const;
type Values = Partial<Record<string, FactValue>>;

const VALUES: Record<string, fc.Arbitrary<FactValue>> = {
  "links.count": fc.nat(3),
  "links.website": fc.boolean(),
  "style.shouting": fc.double({ min: 0, max: 1, noNaN: true }),
  "author.status": fc.constantFrom("normal", "trusted", "banned"),
  "links.hosts": fc.array(fc.constantFrom("a", "b"), { maxLength: 2 }),
};
const evidenceArbitrary = fc
  .tuple(
    ...Object.entries(VALUES).map(([name, value]) =>
      fc.oneof(
        {
          weight: 3,
          arbitrary: value.map((value): Evidence[] => [{ name, version: 1, state: "ok", value }]),
        },
        { weight: 1, arbitrary: fc.constant<Evidence[]>([]) },
        {
          weight: 1,
          arbitrary: fc.constant<Evidence[]>([{ name, version: 1, state: "unavailable", error: "deadline" }]),
        },
      ),
    ),
  )
  .map((items) => items.flat());
const rulesArbitrary = fc.array(
  fc.record({
    model: fc.constantFrom(...MODEL),
    action: fc.constantFrom("publish", "hold", "reject", "spam" as const),
    mode: fc.constantFrom("live", "live", "shadow", "off" as const),
    onUnavailable: fc.constantFrom("hold", "skip" as const),
    priority: fc.nat(100),
  }),
  { maxLength: 6 },
);
type ModelRule = typeof rulesArbitrary extends fc.Arbitrary<(infer Rule)[]> ? Rule : never;
const otherwiseArbitrary = fc.constantFrom("publish", "hold" as const);

/** The rules as a document has them; `change` may alter each. */
function toParts(
  rules: readonly ModelRule[],
  change: (rule: RuleParts) => RuleParts = (rule) => rule,
): RuleParts[] {
  const named = rules.map(({ model, ...rest }, index) =>
    Object.assign({}, rest, { when: model.when, id: `r${index}` }),
  );
  return named.map(change);
}

const verdictOf = ({ action, ruleId, reason, priority }: Decision) => ({ action, ruleId, reason, priority });

describe("for any policy and evidence", () => {
  test("it agrees with the rules read one by one", () => {
    fc.assert(
      fc.property(rulesArbitrary, evidenceArbitrary, otherwiseArbitrary, (rules, evidence, otherwise) => {
        const { action, ruleId } = decideBy(toParts(rules), evidence, otherwise);
        expect({ action, ruleId }).toEqual(decideByModel(rules, evidence, otherwise));
      }),
      { numRuns: 300 },
    );
  });

  test("the same evidence, in any order, gives the same decision", () => {
    fc.assert(
      fc.property(rulesArbitrary, evidenceArbitrary, fc.infiniteStream(fc.nat()), (rules, evidence, keys) => {
        const policy = compilePolicy(documentOf(toParts(rules)), TEST_FACTS);
        const shuffled = evidence.toSorted(() => ((keys.next().value ?? 0) % 2 ? 1 : -1));
        const decision = decide(evidence, policy);
        expect(decide(shuffled, policy)).toEqual(decision);
        expect(JSON.parse(JSON.stringify(decision))).toStrictEqual(decision);
      }),
    );
  });

  test("shadow rules change nothing but their own record", () => {
    fc.assert(
      fc.property(rulesArbitrary, evidenceArbitrary, otherwiseArbitrary, (rules, evidence, otherwise) => {
        const parts = toParts(rules);
        const without = parts.filter(({ mode }) => mode !== "shadow");
        const decision = decideBy(parts, evidence, otherwise);
        expect(verdictOf(decideBy(without, evidence, otherwise))).toEqual(verdictOf(decision));
        for (const { ruleId, action, wouldDecide } of decision.shadow) {
          const promoted = toParts(rules, (rule) => (rule.id === ruleId ? { ...rule, mode: "live" } : rule));
          const { ruleId: decider, action: outcome } = decideBy(promoted, evidence, otherwise);
          expect(decider === ruleId).toBe(wouldDecide);
          if (wouldDecide) expect(outcome).toBe(action);
        }
      }),
    );
  });

  test("facts that no rule mentions change nothing, whether missing, down or new", () => {
    const unrelated = fc.array(
      fc.record({
        name: fc.constantFrom("author.published", "author.rejected", "weather.rain"),
        version: fc.nat(9),
        state: fc.constantFrom("ok", "unavailable" as const),
        value: fc.nat(9),
      }),
    );
    fc.assert(
      fc.property(rulesArbitrary, evidenceArbitrary, unrelated, (rules, evidence, more) => {
        const parts = toParts(rules);
        expect(decideBy(parts, [...more, ...evidence])).toEqual(decideBy(parts, evidence));
      }),
    );
  });

  test("a check that goes down never makes a held comment public, unless a rule was told to skip", () => {
    fc.assert(
      fc.property(
        rulesArbitrary,
        evidenceArbitrary,
        fc.constantFrom(...Object.keys(VALUES)),
        (rules, evidence, name) => {
          const parts = toParts(rules, (rule) => ({ ...rule, onUnavailable: "hold" }));
          const known = evidence.filter((item) => item.name !== name);
          const before = decideBy(parts, evidence);
          const after = decideBy(parts, [...known, { name, version: 1, state: "unavailable" }]);
          if (before.action !== "publish") expect(after.action).not.toBe("publish");
          const failing = after.trace.findIndex(
            ({ mode, outcome }) => mode === "live" && outcome === "skipped_unavailable",
          );
          const matching = after.trace.findIndex(
            ({ mode, outcome }) => mode === "live" && outcome === "matched",
          );
          if (failing >= 0 && (matching < 0 || failing < matching)) expect(after.action).toBe("hold");
        },
      ),
      { numRuns: 300 },
    );
  });

  test("nonsense for evidence does not make it throw", () => {
    const nonsense = fc.record({
      name: fc.oneof(fc.string(), fc.constantFrom("__proto__", "constructor", ...Object.keys(TEST_FACTS))),
      version: fc.integer(),
      state: fc.constantFrom("ok", "unavailable" as const),
      value: fc.oneof(
        fc.constant(Number.NaN),
        fc.json().map((json): FactValue => JSON.parse(json)),
      ),
    });
    const policy = compilePolicy(documentOf(MODEL.map(({ when }) => ({ when }))), TEST_FACTS);
    fc.assert(
      fc.property(fc.array(nonsense), (evidence) => {
        expect(["publish", "hold"]).toContain(decide(evidence, policy).action);
      }),
      { numRuns: 500 },
    );
  });
});

function decideByModel(rules: readonly ModelRule[], evidence: readonly Evidence[], otherwise: Otherwise) {
  const known = new Map(evidence.map((item) => [item.name, item]));
  const values = Object.fromEntries(evidence.map(({ name, value }) => [name, value ?? false]));
  for (const [index, { model, action, mode, onUnavailable }] of rules.entries()) {
    if (mode !== "live" || model.needs.some((name) => !known.has(name))) continue;
    const isDown = model.needs.some((name) => known.get(name)?.state === "unavailable");
    if (isDown && onUnavailable === "hold") return { action: "hold", ruleId: `r${index}` };
    if (!isDown && model.holds(values)) return { action, ruleId: `r${index}` };
  }
  return { action: otherwise, ruleId: null };
}
