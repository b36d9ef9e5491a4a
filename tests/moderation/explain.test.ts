import { describe, expect, test } from "vitest";
import { DECISION_ACTIONS } from "../../src/comments/status.ts";
import { decide } from "../../src/moderation/decide.ts";
import { explainDecision, explainToAuthor } from "../../src/moderation/explain.ts";
import { compilePolicy } from "../../src/moderation/policy.ts";
import { MODERATOR_REASON_CODES, REASON_CODES, REASONS } from "../../src/moderation/reasons.ts";
import type { Evidence } from "../../src/moderation/signal.ts";
import { documentOf, evidenceOf, type RuleParts, TEST_FACTS } from "./policy-facts.ts";

function explain(rules: RuleParts[], evidence: Evidence[], otherwise: "publish" | "hold" = "publish") {
  const decision = decide(evidence, compilePolicy(documentOf(rules, otherwise), TEST_FACTS));
  // As read back from the decision log.
  return explainDecision(JSON.parse(JSON.stringify(decision)), evidence);
}

const MANY_LINKS = {
  id: "many-links",
  description: "It contains two or more links.",
  when: "links.count >= 2 && links.hosts.size() > 0",
  reason: "links",
};

describe("the explanation for moderators", () => {
  test("names the rule, what it saw and where", () => {
    const spans = [{ start: 3, end: 9 }];
    const evidence: Evidence[] = [
      { name: "links.count", version: 1, state: "ok", value: 3, spans },
      ...evidenceOf({ "links.hosts": ["a.example", "b.example"] }),
    ];
    expect(explain([MANY_LINKS], evidence)).toEqual({
      summary:
        "Held because of the links in it. It contains two or more links " +
        "(links.count is 3, links.hosts is a.example, b.example). 1 rule looked at it.",
      lines: [
        {
          rule: "many-links",
          mode: "live",
          decided: true,
          text: "It contains two or more links (links.count is 3, links.hosts is a.example, b.example)",
          facts: [
            { name: "links.count", value: 3, spans },
            { name: "links.hosts", value: ["a.example", "b.example"], spans: [] },
          ],
        },
      ],
      notEvaluated: [],
    });
  });

  test("puts the deciding rule first, then the others that matched", () => {
    const rules = [
      { when: "links.website", mode: "shadow" },
      { when: "!links.website" },
      { when: "links.website", action: "spam" },
      { when: "links.website" },
    ];
    const { lines } = explain(rules, evidenceOf({ "links.website": true }));
    expect(lines.map(({ rule, mode, decided }) => [rule, mode, decided])).toEqual([
      ["r2", "live", true],
      ["r0", "shadow", false],
      ["r3", "live", false],
    ]);
  });

  test("tells which rules could not be evaluated, and why", () => {
    const rules = [
      { when: "style.shouting > 0.5 && form.ageSeconds > 1.0", onUnavailable: "skip" },
      { when: "author.published > 1", onUnavailable: "skip" },
      { when: "author.rejected / author.rejected > 1", onUnavailable: "skip" },
    ];
    const { summary, notEvaluated } = explain(
      rules,
      evidenceOf({ "author.rejected": 0 }, ["author.published"]),
    );
    expect(summary).toBe(
      "Published because no rule objected. 3 rules looked at it; 3 could not: style.shouting and form.ageSeconds are " +
        "missing; author.published is unavailable; its condition failed (division by zero).",
    );
    expect(notEvaluated).toEqual([
      {
        rule: "r0",
        text: "Rule 0: style.shouting and form.ageSeconds are missing",
        facts: ["style.shouting", "form.ageSeconds"],
      },
      { rule: "r1", text: "Rule 1: author.published is unavailable", facts: ["author.published"] },
      { rule: "r2", text: "Rule 2: its condition failed (division by zero)", facts: [] },
    ]);
  });

  test("does not go on about rules that could not be evaluated", () => {
    const rules = ["links.count > 1", "style.shouting > 0.1", "author.published > 1", "author.rejected > 1"];
    const { summary } = explain(
      rules.map((when) => ({ when })),
      [],
    );
    expect(summary).toMatch(
      /; 4 could not: links\.count is missing; [^;]+; author\.published is missing; and 1 more\.$/,
    );
  });

  test("says so when a check that was down decided", () => {
    const { summary, lines } = explain([MANY_LINKS], evidenceOf({ "links.hosts": [] }, ["links.count"]));
    expect(summary).toMatch(
      /^Held because a check that a rule needs was unavailable\. It contains two or more links: /,
    );
    expect(lines).toEqual([]);
  });

  test.each([
    ["publish", "Published because no rule objected."],
    ["hold", "Held because comments of this site wait for a moderator."],
  ] as const)("of a policy without rules that would %s", (otherwise, summary) => {
    expect(explain([], [], otherwise)).toEqual({ summary, lines: [], notEvaluated: [] });
  });

  test.each([
    [{ "style.shouting": 0.756 }, "style.shouting > 0.5", "style.shouting is 0.76"],
    [{ "links.website": false }, "!links.website", "links.website is no"],
    [{ "links.hosts": [] }, "links.hosts.size() == 0", "links.hosts is empty"],
    [
      { "links.hosts": ["a", "b", "c", "d", "e", "f", "g"] },
      "links.hosts.size() > 0",
      "links.hosts is a, b, c, d, e and 2 more",
    ],
    [{ "author.status": "banned" }, 'author.status == "banned"', "author.status is banned"],
    [{}, "!has(links.count)", "links.count is missing"],
  ])("shows values as people read them: %o", (values, when, text) => {
    expect(explain([{ when }], evidenceOf(values)).lines[0]?.text).toBe(`Rule 0 (${text})`);
  });
});

describe("the explanation for authors", () => {
  test("tells what became of the comment and why", () => {
    expect(explainToAuthor({ action: "reject", reason: "off_topic" })).toBe(
      "Your comment was not published. It is not about the subject of the article.",
    );
    expect(explainToAuthor({ action: "publish", reason: "trusted_author" })).toBe(
      "Your comment is published.",
    );
    expect(explainToAuthor({ action: "hold", reason: null })).toBe(
      "Your comment is waiting for a moderator.",
    );
    expect(explainToAuthor({ action: "hold", reason: "toString" })).toBe(
      "Your comment is waiting for a moderator.",
    );
  });

  test("is a sentence for every reason, and never a recipe", () => {
    for (const action of DECISION_ACTIONS) {
      for (const reason of REASON_CODES) {
        const text = explainToAuthor({ action, reason });
        expect(text).toMatch(/^Your comment [^.]+\.( [A-Z][^.]+\.)?$/);
        expect(text).not.toMatch(/token|honeypot|field|second|fast|shorten|\d/i);
      }
    }
  });
});

test("every reason completes “because …”, and moderators' reasons are among them", () => {
  for (const { moderator } of Object.values(REASONS)) expect(moderator).toMatch(/^[a-z][^.]*[^.\s]$/);
  expect(REASON_CODES).toEqual(expect.arrayContaining(MODERATOR_REASON_CODES));
});
