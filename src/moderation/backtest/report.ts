import type { Context } from "../../context.ts";
import { idTimestampMs } from "../../ids.ts";
import type { CompiledPolicy } from "../policy.ts";
import { type Example, readExamples, type ShownExample } from "./example.ts";
import { type RuleChange, showSide, type ShownSide } from "./rules.ts";
import { NO_RULE } from "../policy/document.ts";
import type { BacktestTally } from "./tally.ts";
import type { ActionCounts, Transition } from "./transitions.ts";
import type { ChangedSignal, UnknownSignal } from "./unknowns.ts";

export type BacktestReport = {
  /** The policy and the model version that were tried; null: the model's scores of then. */
  policy: { name: string; version: number | null };
  model: string | null;
  /** False when the deadline came first: what follows is about the decisions until then. */
  complete: boolean;
  /** Decisions looked at, the latest first; the times of the oldest and the latest. */
  decisions: number;
  from: Date | null;
  to: Date | null;
  /** Decisions whose evidence cannot be read, or whose text is gone though the model needs it; counted nowhere else. */
  unreadable: number;
  textGone: number;
  /** Decisions on which moderators decided afterwards. */
  judged: number;
  /** Those held by chance, which are counted as what would have been done with them otherwise. */
  sampled: number;
  actions: { before: ActionCounts; after: ActionCounts };
  /** Held among all. */
  queueShare: { before: number; after: number };
  changes: { comments: number; judged: number; better: number; worse: number };
  transitions: ShownTransition[];
  rules: ShownRule[];
  /** What stored evidence cannot tell. */
  unknownFacts: { comments: number; signals: UnknownSignal[] };
  changedSignals: ChangedSignal[];
  /** The policies that had decided. */
  policyVersions: { version: number | null; decisions: number }[];
  seconds: number;
  perSecond: number;
};

type ShownTransition = Omit<Transition, "examples"> & { examples: ShownExample[] };
type ShownRule = Omit<RuleChange, "before" | "after" | "examples"> & {
  before: ShownSide | null;
  after: ShownSide | null;
  examples: ShownExample[];
};

export type Progress = { complete: boolean; seconds: number; showTexts: boolean };

/** Puts the counts of a backtest into the form in which they are told, with the beginnings of the example comments. */
export async function reportBacktest(
  ctx: Pick<Context, "db">,
  { policy, model }: { policy: CompiledPolicy; model: string | null },
  tally: BacktestTally,
  { complete, seconds, showTexts }: Progress,
): Promise<BacktestReport> {
  const { before, after } = tally.transitions;
  const decisions = total(after);
  const transitions = tally.transitions.changed();
  const rules = tally.rules.list([...policy.rules.map(({ id }) => id), NO_RULE]);
  const examples = [...transitions, ...rules].flatMap((one) => one.examples);
  const show = await readExamples(ctx, showTexts ? examples : []);
  const sum = (of: (transition: Transition) => number) =>
    transitions.reduce((all, transition) => all + of(transition), 0);
  return {
    policy: { name: policy.name, version: policy.version },
    model,
    complete,
    decisions,
    from: bornAt(tally.oldest),
    to: bornAt(tally.latest),
    unreadable: tally.unreadable,
    textGone: tally.textGone,
    judged: tally.judged,
    sampled: tally.sampled,
    actions: { before, after },
    queueShare: { before: share(before.hold, decisions), after: share(after.hold, decisions) },
    changes: {
      comments: sum(({ comments }) => comments),
      judged: sum(({ judged }) => judged),
      better: sum(({ better }) => better),
      worse: sum(({ worse }) => worse),
    },
    transitions: transitions.map((transition) => showTransition(transition, show)),
    rules: rules.map((rule) => showRule(rule, { before, after }, show)),
    unknownFacts: { comments: tally.unknowns.comments(), signals: tally.unknowns.unknown() },
    changedSignals: tally.unknowns.changed(),
    policyVersions: [...tally.policyVersions].map(([version, count]) => ({ version, decisions: count })),
    seconds,
    perSecond: seconds > 0 ? Math.round(decisions / seconds) : 0,
  };
}

type Show = (example: Example) => ShownExample;

function showTransition(transition: Transition, show: Show): ShownTransition {
  return { ...transition, examples: transition.examples.map(show) };
}

function showRule(rule: RuleChange, actions: BacktestReport["actions"], show: Show): ShownRule {
  return {
    ...rule,
    before: rule.before && showSide(rule.before, actions.before.hold),
    after: rule.after && showSide(rule.after, actions.after.hold),
    examples: rule.examples.map(show),
  };
}

function bornAt(id: string | null): Date | null {
  return id === null ? null : new Date(idTimestampMs(id));
}

function total(counts: ActionCounts): number {
  return counts.publish + counts.hold + counts.reject + counts.spam;
}

function share(part: number, of: number): number {
  return of === 0 ? 0 : part / of;
}
