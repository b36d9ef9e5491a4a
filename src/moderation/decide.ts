import type { DecisionAction } from "../comments/status.ts";
import { CAMPAIGN_RULE, followCampaign } from "./campaigns/follow.ts";
import type { CompiledPolicy, CompiledRule } from "./policy.ts";
import { evaluationFailure, type FactRef } from "./policy/condition.ts";
import { POLICY_LIMITS, type RuleMode, SAMPLE_RULE, SCORE_RULE_PREFIX } from "./policy/document.ts";
import { FACT_STATES, type Facts, type FactState, gatherFacts } from "./policy/gather-facts.ts";
import { isSampled } from "./policy/sample.ts";
import { type Score, tallyScore, thresholdFor } from "./policy/tally-score.ts";
import { isHumanOnly, type ReasonCode } from "./reasons.ts";
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
  /** What it would do; `score` when it only adds points. */
  action: DecisionAction | "score";
  /** The facts it mentions. */
  facts: readonly string[];
  /** What it added to the score, if it does and matched. */
  points?: number;
  /** Which of them kept it from being evaluated. */
  lacking?: string[];
  /** Why its evaluation failed, e.g. `division_by_zero`. */
  error?: string;
  /** Its description at the time; left out of `not_matched` to keep the record small. */
  description?: string;
};

/** What the policy made of a comment; plain JSON, kept with the comment. */
export type Decision = Verdict & {
  policy: { name: string; version: number | null };
  /** Every rule that is not off, in the policy's order: the walk does not end at the deciding rule. */
  trace: RuleTrace[];
  /** Shadow rules that matched; `wouldDecide` if this one, made live, had come before the deciding rule. */
  shadow: { ruleId: string; action: DecisionAction; reason: ReasonCode; wouldDecide: boolean }[];
  /** What the scoring rules add up to; null when the policy has none. */
  score: Score | null;
  /** What the policy would have done, had the comment not been taken for the sample that people look at. */
  sampled: Verdict | null;
};
export type Verdict = {
  action: DecisionAction;
  /** The rule that decided (`score-…` for a threshold, `sample`); null when none did. */
  ruleId: string | null;
  reason: ReasonCode;
  /** Place in the moderators' queue, higher first. */
  priority: number;
};

/** What a decision depends on beside the evidence. */
export type DecideContext = {
  /** Chooses the sample; without it nothing is sampled. */
  commentId?: string;
};

/**
 * Decides what becomes of a comment. Pure, deterministic, never throws, whatever the evidence.
 *
 * A rule for what a machine must not decide alone (a threat, say) holds wherever it stands, once it matched. Then, in the
 * policy's order, the first live rule that matched decides; after the rules the total of the scores, if it reached a
 * threshold; else `otherwise`. A rule that mentions an unavailable fact, or fails while it is evaluated, is not evaluated
 * further: at its place it holds, or with `onUnavailable: skip` lets the next rule decide. A rule that needs a fact nobody
 * produced for this comment is skipped: absence is not false.
 *
 * What a moderator decided about the campaign that the comment belongs to comes after all other rules; see {@link followCampaign}.
 */
export function decide(
  evidence: readonly Evidence[],
  policy: CompiledPolicy,
  { commentId }: DecideContext = {},
): Decision {
  const facts = gatherFacts(evidence, policy.facts);
  const trace: RuleTrace[] = [];
  const shadow: Decision["shadow"] = [];
  const scored: { group: string | null; points: number; isLive: boolean }[] = [];
  let decided: Verdict | undefined;
  let forPeople: Verdict | undefined;
  for (const rule of policy.rules) {
    if (rule.mode === "off") continue;
    const entry = evaluateRule(rule, rule.mode, facts);
    trace.push(entry);
    const isLive = rule.mode === "live";
    if (entry.points !== undefined) scored.push({ group: rule.group, points: entry.points, isLive });
    if (isLive) {
      const verdict = verdictOf(rule, entry.outcome);
      decided ??= verdict;
      if (verdict && isHumanOnly(verdict.reason)) forPeople = moreUrgent(forPeople, verdict);
    } else if (entry.outcome === "matched" && rule.action !== null && rule.reason !== null) {
      const { id: ruleId, action, reason } = rule;
      shadow.push({ ruleId, action, reason, wouldDecide: decided === undefined });
    }
  }
  const score = policy.hasScores ? tallyScore(scored, policy.groups) : null;
  const own = decided ?? byThreshold(score, policy) ?? fallback(policy);
  const { verdict, entry } = forPeople ? { verdict: forPeople } : followCampaign(own, evidence);
  if (entry) trace.push(entry);
  const sampled = takesForSample(verdict, policy, commentId) ? verdict : null;
  const { name, version } = policy;
  return {
    ...(sampled ? sampleVerdict(policy) : verdict),
    policy: { name, version },
    trace,
    shadow,
    score,
    sampled,
  };
}

function evaluateRule(rule: CompiledRule, mode: RuleTrace["mode"], facts: Facts): RuleTrace {
  const { description, condition } = rule;
  const kept = whatKeepsFrom(condition, facts);
  if (kept) return { ...beginTrace(rule, mode), ...kept, description };
  try {
    if (!condition.holds(facts)) return notMatched(rule, mode);
  } catch (error) {
    return { ...beginTrace(rule, mode), outcome: "error", error: evaluationFailure(error), description };
  }
  if (rule.points === null) return { ...beginTrace(rule, mode), outcome: "matched", description };
  const scored = evaluatePoints(rule.points, facts);
  // A rule that decides does so also where its points cannot be told.
  const { outcome } = rule.action === null ? scored : { outcome: "matched" as const };
  return { ...beginTrace(rule, mode), ...scored, outcome, description };
}

function beginTrace({ id, action, facts }: CompiledRule, mode: RuleTrace["mode"]) {
  return { id, mode, action: action ?? ("score" as const), facts };
}

/** One for all comments: most rules match hardly any. */
const notMatchedTraces = new WeakMap<CompiledRule, RuleTrace>();

function notMatched(rule: CompiledRule, mode: RuleTrace["mode"]): RuleTrace {
  let trace = notMatchedTraces.get(rule);
  if (!trace) {
    trace = Object.freeze({ ...beginTrace(rule, mode), outcome: "not_matched" });
    notMatchedTraces.set(rule, trace);
  }
  return trace;
}

type Kept = Pick<RuleTrace, "lacking"> & { outcome: "skipped_missing" | "skipped_unavailable" };

function whatKeepsFrom(
  { needed, mentioned }: Pick<CompiledRule["condition"], "needed" | "mentioned">,
  facts: Facts,
): Kept | undefined {
  const missing = namesInState(needed, facts, FACT_STATES.missing);
  if (missing) return { outcome: "skipped_missing", lacking: missing };
  const down = namesInState(mentioned, facts, FACT_STATES.unavailable);
  return down && { outcome: "skipped_unavailable", lacking: down };
}

type Scored = Pick<RuleTrace, "outcome" | "points" | "lacking" | "error">;

function evaluatePoints(points: NonNullable<CompiledRule["points"]>, facts: Facts): Scored {
  if (typeof points === "number") return { outcome: "matched", points };
  const kept = whatKeepsFrom(points, facts);
  if (kept) return kept;
  try {
    const value = points.value(facts);
    if (!Number.isFinite(value)) return { outcome: "error", error: "not_a_number" };
    const { pointsMax } = POLICY_LIMITS;
    return { outcome: "matched", points: Math.min(pointsMax, Math.max(-pointsMax, value)) };
  } catch (error) {
    return { outcome: "error", error: evaluationFailure(error) };
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
  if (outcome === "matched")
    return action === null || reason === null ? undefined : { action, ruleId, reason, priority };
  const failed = outcome === "skipped_unavailable" || outcome === "error";
  if (!failed || rule.onUnavailable === "skip") return undefined;
  return { action: "hold", ruleId, reason: "check_unavailable", priority };
}

/** Grave matters are seen before all others, whatever the document says of their priority. */
const GRAVE_PRIORITY_MIN = 90;

function moreUrgent(one: Verdict | undefined, other: Verdict): Verdict {
  const urgent = { ...other, priority: Math.max(GRAVE_PRIORITY_MIN, other.priority) };
  return one && one.priority >= urgent.priority ? one : urgent;
}

function byThreshold(score: Score | null, { thresholds }: CompiledPolicy): Verdict | undefined {
  const reached = score && thresholdFor(score.total, thresholds);
  if (!reached) return undefined;
  const { action, reason, priority } = reached;
  return { action, ruleId: SCORE_RULE_PREFIX + action, reason, priority };
}

function fallback({ otherwise }: CompiledPolicy): Verdict {
  const reason = otherwise === "publish" ? "no_objection" : "premoderation";
  return { action: otherwise, ruleId: null, reason, priority: 0 };
}

function takesForSample(
  { action, ruleId }: Verdict,
  { sampling }: CompiledPolicy,
  commentId: string | undefined,
): boolean {
  // What follows a moderator's word about its campaign has been looked at.
  if (!sampling || commentId === undefined || ruleId === CAMPAIGN_RULE) return false;
  return sampling.of.some((one) => one === action) && isSampled(commentId, sampling.share);
}

function sampleVerdict({ sampling }: CompiledPolicy): Verdict {
  return { action: "hold", ruleId: SAMPLE_RULE, reason: "sample", priority: sampling?.priority ?? 0 };
}
