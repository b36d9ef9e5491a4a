import type { DecisionAction } from "../comments/status.ts";
import { followCampaign } from "./campaigns/follow.ts";
import type { CompiledPolicy, CompiledRule } from "./policy.ts";
import { evaluationFailure, type FactRef } from "./policy/condition.ts";
import type { RuleMode } from "./policy/document.ts";
import { FACT_STATES, type Facts, type FactState, gatherFacts } from "./policy/gather-facts.ts";
import type { ReasonCode } from "./reasons.ts";
import type { Evidence } from "./signal.ts";

export const RULE_OUTCOMES = [
  "matched",
  "not_matched",
  "skipped_missing",
  "skipped_unavailable",
  "error",
] as const;
type RuleOutcome = (typeof RULE_OUTCOMES)[number];

/** What one rule made of the evidence. */
export type RuleTrace = {
  id: string;
  mode: Exclude<RuleMode, "off">;
  outcome: RuleOutcome;
  /** What it would do. */
  action: DecisionAction;
  /** The facts it mentions. */
  facts: readonly string[];
  /** Which of them kept it from being evaluated. */
  lacking?: string[];
  /** Why its evaluation failed, e.g. `division_by_zero`. */
  error?: string;
  /** Its description at the time; left out of `not_matched` to keep the record small. */
  description?: string;
};

/** What the policy made of a comment; plain JSON, kept with the comment. */
export type Decision = {
  action: DecisionAction;
  /** The rule that decided; null when none did. */
  ruleId: string | null;
  reason: ReasonCode;
  /** Place in the moderators' queue, higher first. */
  priority: number;
  policy: { name: string; version: number | null };
  /** Every rule that is not off, in the policy's order: the walk does not end at the deciding rule. */
  trace: RuleTrace[];
  /** Shadow rules that matched; `wouldDecide` if this one, made live, had come before the deciding rule. */
  shadow: { ruleId: string; action: DecisionAction; reason: ReasonCode; wouldDecide: boolean }[];
};
export type Verdict = Pick<Decision, "action" | "ruleId" | "reason" | "priority">;

/**
 * Decides what becomes of a comment. Pure, deterministic, never throws, whatever the evidence.
 *
 * In the policy's order the first live rule that matched decides. A rule that mentions an unavailable fact, or fails
 * while it is evaluated, is not evaluated further: at its place it holds, or with `onUnavailable: skip` lets the next
 * rule decide. A rule that needs a fact nobody produced for this comment is skipped: absence is not false.
 *
 * What a moderator decided about the campaign that the comment belongs to comes after all rules; see {@link followCampaign}.
 */
export function decide(evidence: readonly Evidence[], policy: CompiledPolicy): Decision {
  const facts = gatherFacts(evidence, policy.facts);
  const trace: RuleTrace[] = [];
  const shadow: Decision["shadow"] = [];
  let decided: Verdict | undefined;
  for (const rule of policy.rules) {
    if (rule.mode === "off") continue;
    const entry = evaluateRule(rule, rule.mode, facts);
    trace.push(entry);
    if (rule.mode === "live") decided ??= verdictOf(rule, entry.outcome);
    else if (entry.outcome === "matched") {
      const { id: ruleId, action, reason } = rule;
      shadow.push({ ruleId, action, reason, wouldDecide: decided === undefined });
    }
  }
  const { name, version } = policy;
  const { verdict, entry } = followCampaign(decided ?? fallback(policy), evidence);
  if (entry) trace.push(entry);
  return { ...verdict, policy: { name, version }, trace, shadow };
}

function evaluateRule(rule: CompiledRule, mode: RuleTrace["mode"], facts: Facts): RuleTrace {
  const { id, action, description, condition } = rule;
  const trace = { id, mode, action, facts: condition.facts };
  const missing = namesInState(condition.needed, facts, FACT_STATES.missing);
  if (missing) return { ...trace, outcome: "skipped_missing", lacking: missing, description };
  const down = namesInState(condition.mentioned, facts, FACT_STATES.unavailable);
  if (down) return { ...trace, outcome: "skipped_unavailable", lacking: down, description };
  try {
    if (!condition.holds(facts.context)) return { ...trace, outcome: "not_matched" };
    return { ...trace, outcome: "matched", description };
  } catch (error) {
    return { ...trace, outcome: "error", error: evaluationFailure(error), description };
  }
}

/** Undefined rather than an empty list: this runs for every rule and nearly always finds nothing. */
function namesInState(refs: readonly FactRef[], { states }: Facts, state: FactState): string[] | undefined {
  let names: string[] | undefined;
  for (const { name, index } of refs) if (states[index] === state) (names ??= []).push(name);
  return names;
}

function verdictOf(rule: CompiledRule, outcome: RuleOutcome): Verdict | undefined {
  const { id: ruleId, action, reason, priority } = rule;
  if (outcome === "matched") return { action, ruleId, reason, priority };
  const failed = outcome === "skipped_unavailable" || outcome === "error";
  if (!failed || rule.onUnavailable === "skip") return undefined;
  return { action: "hold", ruleId, reason: "check_unavailable", priority };
}

function fallback({ otherwise }: CompiledPolicy): Verdict {
  const reason = otherwise === "publish" ? "no_objection" : "premoderation";
  return { action: otherwise, ruleId: null, reason, priority: 0 };
}
