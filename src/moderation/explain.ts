import type { DecisionAction } from "../comments/status.ts";
import type { Decision, RuleTrace } from "./decide.ts";
import { SCORE_RULE_PREFIX } from "./policy/document.ts";
import { type ReasonCode, REASONS } from "./reasons.ts";
import type { Evidence, FactValue, Span } from "./signal.ts";

/** A decision in words and as data, for the console and the API. Not for authors: it tells what the rules look at. */
export type Explanation = {
  /** A few plain sentences. */
  summary: string;
  /** The rules that matched, the deciding one first; shadow rules among them. */
  lines: ExplanationLine[];
  /** The rules that could not be evaluated, and what they lacked. */
  notEvaluated: { rule: string; text: string; facts: string[] }[];
};
type ExplanationLine = {
  rule: string;
  mode: RuleTrace["mode"];
  decided: boolean;
  text: string;
  /** What it added to the score, if it does. */
  points?: number;
  facts: { name: string; value: FactValue; spans: Span[] }[];
};
export type ExplainableDecision = Pick<Decision, "action" | "ruleId" | "reason" | "trace"> &
  Partial<Pick<Decision, "score" | "sampled">>;

/** Explains an automatic decision from what is kept with it; the policy of the time is not needed. */
export function explainDecision(decision: ExplainableDecision, evidence: readonly Evidence[]): Explanation {
  const known = new Map(evidence.map((item) => [item.name, item]));
  const matched = decision.trace.filter((entry) => entry.outcome === "matched");
  const lines = matched.map((entry) => toLine(entry, decision.ruleId, known));
  const failed = decision.trace.filter(
    (entry) => entry.outcome !== "matched" && entry.outcome !== "not_matched",
  );
  const parts = [
    summarise(decision, known),
    summariseScore(decision),
    summariseSample(decision),
    summariseTrace(decision.trace, failed),
  ];
  return {
    summary: parts.filter(Boolean).join(" "),
    lines: lines.toSorted((a, b) => Number(b.decided) - Number(a.decided)),
    notEvaluated: failed.map((entry) => ({
      rule: entry.id,
      text: `${describe(entry)}: ${whyNot(entry)}`,
      facts: entry.lacking ?? [],
    })),
  };
}

type Known = ReadonlyMap<string, Evidence>;

function toLine(entry: RuleTrace, ruleId: string | null, known: Known): ExplanationLine {
  const facts = entry.facts.flatMap((name) => {
    const item = known.get(name);
    return item?.value === undefined ? [] : [{ name, value: item.value, spans: item.spans ?? [] }];
  });
  return {
    rule: entry.id,
    mode: entry.mode,
    decided: entry.id === ruleId,
    text: textOf(entry, known),
    ...(entry.points !== undefined && { points: entry.points }),
    facts,
  };
}

const DONE = {
  publish: "Published",
  hold: "Held",
  reject: "Rejected",
  spam: "Marked as spam",
} as const satisfies Record<DecisionAction, string>;

function summarise({ action, ruleId, reason, trace }: ExplainableDecision, known: Known): string {
  const because = `${DONE[action]} because ${REASONS[reason].moderator}`;
  const entry = trace.find(({ id }) => id === ruleId);
  if (!entry) return `${because}.`;
  if (entry.outcome !== "matched") return `${because}. ${describe(entry)}: ${whyNot(entry)}.`;
  return `${because}. ${textOf(entry, known)}.`;
}

/** Only where the total says something: it decided, or rules added to it. */
function summariseScore({ score, trace, ruleId }: ExplainableDecision): string {
  if (!score) return "";
  const scored = trace.filter(({ mode, points }) => mode === "live" && points !== undefined && points !== 0);
  if (scored.length === 0 && !ruleId?.startsWith(SCORE_RULE_PREFIX)) return "";
  const largest = scored.toSorted((a, b) => Math.abs(b.points ?? 0) - Math.abs(a.points ?? 0));
  const shown = largest
    .slice(0, REASONS_SHOWN_MAX)
    .map((entry) => `${describe(entry)} ${signed(entry.points ?? 0)}`);
  const more = largest.length > shown.length ? `; and ${largest.length - shown.length} more` : "";
  return `The score is ${showValue(score.total)} (${shown.join("; ")}${more}).`;
}

function signed(points: number): string {
  return `${points < 0 ? "−" : "+"}${showValue(Math.abs(points))}`;
}

function summariseSample({ sampled }: ExplainableDecision): string {
  if (!sampled) return "";
  const by = sampled.ruleId === null ? "" : ` by ${sampled.ruleId}`;
  return `Otherwise it would have been ${DONE[sampled.action].toLowerCase()}${by}, because ${REASONS[sampled.reason].moderator}.`;
}

function summariseTrace(trace: RuleTrace[], failed: RuleTrace[]): string {
  if (trace.length === 0) return "";
  const looked = `${plural(trace.length, "rule")} looked at it`;
  if (failed.length === 0) return `${looked}.`;
  const reasons = [...new Set(failed.map(whyNot))];
  const more = reasons.length > REASONS_SHOWN_MAX ? `; and ${reasons.length - REASONS_SHOWN_MAX} more` : "";
  return `${looked}; ${failed.length} could not: ${reasons.slice(0, REASONS_SHOWN_MAX).join("; ")}${more}.`;
}

const REASONS_SHOWN_MAX = 3;

/** The rule's description followed by what it saw: `Two or more links (links.count is 3)`. */
function textOf(entry: RuleTrace, known: Known): string {
  const seen = entry.facts.map((name) => `${name} is ${showValue(known.get(name)?.value)}`);
  return seen.length === 0 ? describe(entry) : `${describe(entry)} (${seen.join(", ")})`;
}

function describe({ description, id }: RuleTrace): string {
  return description?.replace(/\.$/, "") ?? id;
}

function whyNot({ outcome, lacking = [], error }: RuleTrace): string {
  if (outcome === "error") return `its condition failed (${(error ?? "").replaceAll("_", " ")})`;
  return `${lacking.join(" and ")} ${lacking.length === 1 ? "is" : "are"} ${
    outcome === "skipped_missing" ? "missing" : "unavailable"
  }`;
}

const ITEMS_SHOWN_MAX = 5;

function showValue(value: FactValue | undefined): string {
  if (value === undefined) return "missing";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number") return String(Math.round(value * 100) / 100);
  if (typeof value === "string") return value;
  if (value.length === 0) return "empty";
  const shown = value.slice(0, ITEMS_SHOWN_MAX).join(", ");
  return value.length > ITEMS_SHOWN_MAX ? `${shown} and ${value.length - ITEMS_SHOWN_MAX} more` : shown;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

const TOLD = {
  publish: "Your comment is published.",
  hold: "Your comment is waiting for a moderator.",
  reject: "Your comment was not published.",
  spam: "Your comment was not published.",
} as const satisfies Record<DecisionAction, string>;

/**
 * What the author may be told of a decision, automatic or a moderator's: what became of the comment and, unless it is
 * published, the ground. It names no rule, threshold or signal.
 */
export function explainToAuthor({
  action,
  reason,
}: {
  action: DecisionAction;
  reason: string | null;
}): string {
  const ground = action === "publish" ? undefined : groundForAuthor(reason);
  return ground === undefined ? TOLD[action] : `${TOLD[action]} ${ground}`;
}

/** The ground in words for the author; undefined for a reason that has none. */
export function groundForAuthor(reason: string | null): string | undefined {
  return isReasonCode(reason) ? REASONS[reason].author : undefined;
}

function isReasonCode(reason: string | null): reason is ReasonCode {
  return reason !== null && Object.hasOwn(REASONS, reason);
}
