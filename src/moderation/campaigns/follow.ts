import { DECISION_ACTIONS, type DecisionAction } from "../../comments/status.ts";
import type { RuleTrace, Verdict } from "../decide.ts";
import type { Evidence } from "../signal.ts";

/** What the log calls it when a comment follows its campaign. No rule of a policy can have this id. */
export const CAMPAIGN_RULE = "campaign:decision";

/** Above what any rule of the presets asks for but personal data: a trusted author among spammers is one or the other. */
const TRUSTED_PRIORITY = 60;

/**
 * Lets a comment follow what a moderator decided about its campaign, whatever the policy says. Pure.
 *
 * Spam and rejections are followed unless a moderator trusts the author, whom one looks at instead; what the policy refuses
 * stays refused. To publish is followed word for word only: the text of a published comment of the campaign, and no host that
 * the moderator has not seen, is published where the policy would have held it; one that links elsewhere is held. When the decision
 * cannot be read, nothing is published.
 */
export function followCampaign(
  verdict: Verdict,
  evidence: readonly Evidence[],
): { verdict: Verdict; entry: RuleTrace | undefined } {
  const told = evidence.find(({ name }) => name === "campaign.decision");
  if (told === undefined) return { verdict, entry: undefined };
  if (told.state === "unavailable") return unreadable(verdict);
  const decision = toAction(told.value);
  if (decision === undefined) return { verdict, entry: undefined };
  const valueOf = (name: string) => evidence.find((item) => item.name === name)?.value;
  const followed = follow(decision, verdict, valueOf);
  const action = followed?.action ?? decision;
  const facts = ["campaign.decision", "campaign.id", ...(decision === "publish" ? PUBLISH_FACTS : [])];
  const trace = { id: CAMPAIGN_RULE, mode: "live" as const, action, facts };
  if (!followed) return { verdict, entry: { ...trace, outcome: "not_matched" } };
  const entry: RuleTrace = { ...trace, outcome: "matched", description: DESCRIPTIONS[decision] };
  return { verdict: { priority: verdict.priority, ...followed, ruleId: CAMPAIGN_RULE }, entry };
}

const PUBLISH_FACTS = ["campaign.sameAsPublished", "campaign.newHosts"];

const DESCRIPTIONS = {
  publish: "A moderator decided to publish the campaign that it belongs to",
  hold: "A moderator decided to hold the campaign that it belongs to",
  reject: "A moderator decided to reject the campaign that it belongs to",
  spam: "A moderator decided that the campaign it belongs to is spam",
} as const satisfies Record<DecisionAction, string>;

type Followed = Pick<Verdict, "action" | "reason"> & { priority?: number };

/** What becomes of the comment; undefined when the policy's verdict stands. */
function follow(
  decision: DecisionAction,
  { action, reason }: Verdict,
  valueOf: (name: string) => Evidence["value"],
): Followed | undefined {
  if (action === "reject" || action === "spam") return undefined;
  if (decision === "hold") {
    return action === "publish" ? { action: "hold", reason: "campaign_decision" } : undefined;
  }
  if (decision !== "publish") {
    if (valueOf("author.status") !== "trusted") return { action: decision, reason: "campaign_decision" };
    return { action: "hold", reason: "campaign_decision", priority: TRUSTED_PRIORITY };
  }
  const hosts = valueOf("campaign.newHosts");
  if (!Array.isArray(hosts) || hosts.length > 0) {
    return action === "publish" ? { action: "hold", reason: "links" } : undefined;
  }
  // A check that was down is no opinion that the moderator could have overruled.
  const mayPublish = action === "hold" && reason !== "check_unavailable";
  if (!mayPublish || valueOf("campaign.sameAsPublished") !== true) return undefined;
  return { action: "publish", reason: "campaign_decision", priority: 0 };
}

function unreadable(verdict: Verdict): { verdict: Verdict; entry: RuleTrace } {
  const entry: RuleTrace = {
    id: CAMPAIGN_RULE,
    mode: "live",
    action: "hold",
    facts: ["campaign.decision"],
    outcome: "skipped_unavailable",
    lacking: ["campaign.decision"],
    description: "What a moderator decided about its campaign",
  };
  if (verdict.action !== "publish") return { verdict, entry };
  return {
    verdict: { action: "hold", reason: "check_unavailable", ruleId: CAMPAIGN_RULE, priority: 0 },
    entry,
  };
}

function toAction(value: Evidence["value"]): DecisionAction | undefined {
  return DECISION_ACTIONS.find((action) => action === value);
}
