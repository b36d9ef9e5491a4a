import type { Decision } from "../decide.ts";
import type { CompiledPolicy } from "../policy.ts";
import { NO_RULE } from "../policy/document.ts";
import { automationSignal } from "../signals/automation.ts";
import { spamSignal } from "../signals/spam.ts";
import { toxicitySignal } from "../signals/toxicity.ts";
import type { PastDecisionRow } from "../store/backtest.ts";
import { VERDICTS, type Verdict } from "../verdict.ts";
import type { Example } from "./example.ts";
import type { PastRecord } from "./read-record.ts";
import { createRuleTally, type RuleTally, type RuleUse } from "./rules.ts";
import type { Trial } from "./trial.ts";
import { createTransitions, type TransitionTally } from "./transitions.ts";
import { createUnknowns, type UnknownTally } from "./unknowns.ts";

/** The counts of a backtest as it goes. */
export type BacktestTally = {
  transitions: TransitionTally;
  rules: RuleTally;
  unknowns: UnknownTally;
  policyVersions: Map<number | null, number>;
  judged: number;
  /** Held by chance, and counted as what they were without it. */
  sampled: number;
  unreadable: number;
  textGone: number;
  /** Ids of the latest decision counted and of the oldest. */
  latest: string | null;
  oldest: string | null;
};

const MODEL_SIGNALS = [spamSignal.name, toxicitySignal.name];

/** @param versions of the signals as they are now. */
export function createTally(
  { policy, revisions }: Trial,
  versions: ReadonlyMap<string, number>,
): BacktestTally {
  // What is made anew is known, and so is what the editors have not chosen.
  const revised = new Set([automationSignal.name, ...revisions.flatMap(({ signals }) => signals)]);
  const asked = factsOf(policy).filter((fact) => !revised.has(fact.slice(0, fact.indexOf("."))));
  const rules = createRuleTally();
  for (const { id, mode, action } of policy.rules)
    if (mode !== "off") rules.name(id, mode, action ?? "score");
  return {
    transitions: createTransitions(),
    rules,
    unknowns: createUnknowns(asked, versions),
    policyVersions: new Map(),
    judged: 0,
    sampled: 0,
    unreadable: 0,
    textGone: 0,
    latest: null,
    oldest: null,
  };
}

function factsOf({ rules }: CompiledPolicy): string[] {
  const asked = rules.filter(({ mode }) => mode !== "off");
  return [...new Set(asked.flatMap(({ facts }) => facts))];
}

/** Counts one decision of the past beside what the policy on trial makes of the same evidence. */
export function countDecision(
  tally: BacktestTally,
  row: PastDecisionRow,
  record: PastRecord,
  after: Decision,
): void {
  const verdict = VERDICTS.find((one) => one === row.verdict) ?? null;
  const example: Example = {
    commentId: row.comment_id,
    revision: row.comment_revision,
    // Of a sampled comment what the policy thought of it: who looks at it by chance is no matter of its rules.
    before: record.sampled ?? { action: row.action, rule: row.actor },
    after: { action: after.action, rule: after.ruleId ?? NO_RULE },
    verdict,
  };
  tally.latest ??= row.id;
  tally.oldest = row.id;
  tally.transitions.add(example);
  tally.unknowns.add(record, row.model_version === null ? [] : MODEL_SIGNALS);
  tally.judged += Number(verdict !== null);
  tally.sampled += Number(record.sampled !== null);
  tally.policyVersions.set(row.policy_version, (tally.policyVersions.get(row.policy_version) ?? 0) + 1);
  countBefore(tally.rules, example, record, verdict);
  countAfter(tally.rules, example, after, verdict);
  const isChange = example.before.action !== example.after.action;
  if (isChange)
    for (const rule of new Set([example.before.rule, example.after.rule])) tally.rules.change(rule, example);
}

/** Of shadow rules the log tells that they matched, not whether they came before the deciding rule: so each counts. */
function countBefore(
  rules: RuleTally,
  { before }: Example,
  { matched }: PastRecord,
  verdict: Verdict | null,
): void {
  let isDecidedCounted = false;
  for (const { id: rule, mode, action } of matched) {
    const decides = mode === "live" && rule === before.rule;
    isDecidedCounted ||= decides;
    const done = decides ? before.action : mode === "shadow" && action !== "score" ? action : undefined;
    rules.add("before", { rule, mode, action, isMatch: true, done }, verdict);
  }
  if (!isDecidedCounted) rules.add("before", unmatched(before), verdict);
}

function countAfter(rules: RuleTally, example: Example, after: Decision, verdict: Verdict | null): void {
  let isDecidedCounted = false;
  for (const { id: rule, mode, action, outcome } of after.trace) {
    // Shadow rules that would do something follow.
    if (outcome !== "matched" || (mode === "shadow" && action !== "score")) continue;
    const decides = rule === after.ruleId;
    isDecidedCounted ||= decides;
    rules.add(
      "after",
      { rule, mode, action, isMatch: true, done: decides ? after.action : undefined },
      verdict,
    );
  }
  if (!isDecidedCounted) rules.add("after", unmatched(example.after), verdict);
  for (const { ruleId: rule, action, wouldDecide } of after.shadow) {
    const done = wouldDecide ? action : undefined;
    rules.add("after", { rule, mode: "shadow", action, isMatch: true, done }, verdict);
    if (wouldDecide && action !== after.action) rules.change(rule, { ...example, after: { action, rule } });
  }
}

/** No rule decided, or one whose check was down. */
function unmatched({ rule, action }: Example["after"]): RuleUse {
  return { rule, mode: "live", action, isMatch: false, done: action };
}
