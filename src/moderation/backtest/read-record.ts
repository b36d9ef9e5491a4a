import { isDecisionAction } from "../../comments/status.ts";
import { NO_RULE } from "../policy/document.ts";
import type { Evidence, FactValue } from "../signal.ts";
import type { Outcome } from "./example.ts";
import type { RuleAction } from "./rules.ts";

/** What a backtest needs of a stored decision. */
export type PastRecord = {
  evidence: Evidence[];
  /** Of the signals that found anything, by name. */
  versions: Readonly<Record<string, unknown>>;
  /** Rules that matched, shadow rules too. */
  matched: { id: string; mode: "live" | "shadow"; action: RuleAction }[];
  /** What would have been done with a comment that was held as a sample. */
  sampled: Outcome | null;
};

/**
 * Reads stored evidence and trace (their form: `record.ts`) in microseconds: no more than looking at what is there. Undefined
 * for what is no such record.
 */
export function readPastRecord(evidence: unknown, trace: unknown): PastRecord | undefined {
  if (!isObject(evidence) || !isObject(evidence["values"]) || !isObject(evidence["versions"]))
    return undefined;
  if (!Array.isArray(trace)) return undefined;
  const { values, versions, down } = evidence;
  return {
    evidence: readEvidence(values, versions, down),
    versions,
    matched: readMatched(trace),
    sampled: readSampled(trace.at(-1)),
  };
}

function readEvidence(values: Members, versions: Members, down: unknown): Evidence[] {
  const evidence: Evidence[] = [];
  for (const name in values) {
    const value = values[name];
    const version = versionOf(versions, name);
    evidence.push(
      isFactValue(value) ? { name, version, state: "ok", value } : { name, version, state: "unavailable" },
    );
  }
  if (isObject(down))
    for (const name in down)
      evidence.push({ name, version: versionOf(versions, name), state: "unavailable" });
  return evidence;
}

function versionOf(versions: Members, fact: string): number {
  const version = versions[fact.slice(0, fact.indexOf("."))];
  return typeof version === "number" ? version : 0;
}

/** Only rules that matched, or could not be looked at, are more than a word in a trace. */
function readMatched(trace: readonly unknown[]): PastRecord["matched"] {
  const matched: PastRecord["matched"] = [];
  for (const entry of trace) {
    if (!isObject(entry) || entry["outcome"] !== "matched") continue;
    const { id, mode, action } = entry;
    if (typeof id !== "string" || !(action === "score" || isDecisionAction(action))) continue;
    matched.push({ id, mode: mode === "shadow" ? "shadow" : "live", action });
  }
  return matched;
}

/** What is about the decision as a whole comes last in a trace. */
function readSampled(last: unknown): Outcome | null {
  const sampled = isObject(last) && !("id" in last) ? last["sampled"] : undefined;
  if (!isObject(sampled) || !isDecisionAction(sampled["action"])) return null;
  const { action, ruleId } = sampled;
  return { action, rule: typeof ruleId === "string" ? ruleId : NO_RULE };
}

/** Whether all items of a list are texts is looked at when the fact is used. */
function isFactValue(value: unknown): value is FactValue {
  return (
    typeof value === "number" ||
    typeof value === "boolean" ||
    typeof value === "string" ||
    Array.isArray(value)
  );
}

type Members = Record<string, unknown>;

function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
