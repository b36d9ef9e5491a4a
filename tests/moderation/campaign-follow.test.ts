import { describe, expect, test } from "vitest";
import { CAMPAIGN_RULE } from "../../src/moderation/campaigns/follow.ts";
import { decide } from "../../src/moderation/decide.ts";
import { explainDecision } from "../../src/moderation/explain.ts";
import { compilePolicy } from "../../src/moderation/policy.ts";
import { reproduceDecision } from "../../src/moderation/reproduce.ts";
import type { FactValue } from "../../src/moderation/signal.ts";
import { FACTS } from "../../src/moderation/signals/index.ts";
import { documentOf, evidenceOf } from "./policy-facts.ts";
import { wholeRecord } from "./stored-record.ts";

const policy = compilePolicy(
  documentOf([
    { id: "word", when: "lists.blockedWord.size() > 0", action: "reject", reason: "blocked_word" },
    { id: "links", when: "links.count >= 2", action: "hold", reason: "links", priority: 20 },
    { id: "trusted", when: 'author.status == "trusted"', action: "publish", reason: "trusted_author" },
  ]),
  FACTS,
);
const QUIET = {
  "links.count": 0,
  "lists.blockedWord": [],
  "author.status": "normal",
  "campaign.id": "0190f7a0-0000-7000-8000-000000000001",
  "campaign.decision": "none",
};
const outcome = (values: Record<string, FactValue>, down: string[] = []) => {
  const { action, ruleId, reason, priority } = decide(evidenceOf({ ...QUIET, ...values }, down), policy);
  return { action, ruleId, reason, priority };
};
const FOLLOWED = { ruleId: CAMPAIGN_RULE, reason: "campaign_decision" };
const SAME = { "campaign.sameAsPublished": true, "campaign.newHosts": [] };

describe("a comment of a campaign", () => {
  test.each([
    // What was decided, what else is known; what becomes of it.
    [{}, { action: "publish", ruleId: null }],
    [{ "campaign.decision": "spam" }, { action: "spam", ...FOLLOWED }],
    [{ "campaign.decision": "reject" }, { action: "reject", ...FOLLOWED }],
    [{ "campaign.decision": "hold" }, { action: "hold", ...FOLLOWED }],
    [
      { "campaign.decision": "spam", "links.count": 2 },
      { action: "spam", ...FOLLOWED },
    ],
    [
      { "campaign.decision": "spam", "author.status": "trusted" },
      { action: "hold", ...FOLLOWED, priority: 60 },
    ],
    [
      { "campaign.decision": "spam", "lists.blockedWord": ["x"] },
      { action: "reject", ruleId: "word" },
    ],
    [
      { "campaign.decision": "hold", "links.count": 2 },
      { action: "hold", ruleId: "links", priority: 20 },
    ],
    [
      { "campaign.decision": "publish", ...SAME, "links.count": 2 },
      { action: "publish", ...FOLLOWED, priority: 0 },
    ],
    [
      { "campaign.decision": "publish", ...SAME, "lists.blockedWord": ["x"] },
      { action: "reject", ruleId: "word" },
    ],
    [
      { "campaign.decision": "publish", ...SAME },
      { action: "publish", ruleId: null },
    ],
    // Near is not enough to publish what the policy holds.
    [
      { "campaign.decision": "publish", ...SAME, "campaign.sameAsPublished": false, "links.count": 2 },
      { action: "hold", ruleId: "links" },
    ],
    [
      { "campaign.decision": "publish", ...SAME, "campaign.newHosts": ["evil.example"] },
      { action: "hold", ruleId: CAMPAIGN_RULE, reason: "links" },
    ],
    [
      { "campaign.decision": "publish", ...SAME, "campaign.newHosts": ["evil.example"], "links.count": 2 },
      { action: "hold", ruleId: "links" },
    ],
  ])("%j: %j", (values, expected) => {
    expect(outcome(values)).toMatchObject(expected);
  });

  test("is not published when a check was down, or when the decision cannot be read", () => {
    const down = { "campaign.decision": "publish", ...SAME };
    expect(outcome(down, ["links.count"])).toMatchObject({ action: "hold", reason: "check_unavailable" });
    const { "campaign.decision": _, ...rest } = QUIET;
    const decision = decide(evidenceOf(rest, ["campaign.decision"]), policy);
    expect(decision).toMatchObject({ action: "hold", ruleId: CAMPAIGN_RULE, reason: "check_unavailable" });
  });

  test("is told of in the trace and the explanation, which names the campaign", () => {
    const evidence = evidenceOf({ ...QUIET, "campaign.decision": "spam" });
    const decision = decide(evidence, policy);
    expect(decision.trace.at(-1)).toMatchObject({ id: CAMPAIGN_RULE, outcome: "matched", action: "spam" });
    const { summary } = explainDecision(decision, evidence);
    expect(summary).toContain("A moderator decided that the campaign it belongs to is spam");
    expect(summary).toContain(QUIET["campaign.id"]);
    const stored = { commentId: "c", action: "spam", reason: "campaign_decision", rule: CAMPAIGN_RULE };
    const again = reproduceDecision({ ...stored, ...wholeRecord(policy, evidence, decision) }, policy);
    expect(again).toEqual({ outcome: "same" });
  });

  test("leaves evidence of before as it was decided", () => {
    expect(decide(evidenceOf({ "links.count": 0 }), policy).trace.map(({ id }) => id)).not.toContain(
      CAMPAIGN_RULE,
    );
  });
});
