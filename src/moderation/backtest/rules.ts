import type { DecisionAction } from "../../comments/status.ts";
import { agrees, type Verdict } from "../verdict.ts";
import { type Share, wilsonOf } from "../wilson.ts";
import { type Example, keepExample } from "./example.ts";

/** A rule that only adds points decides nothing by itself. */
export type RuleAction = DecisionAction | "score";

/** What one rule did, or would do. */
export type RuleSide = {
  mode: "live" | "shadow";
  /** What it says; a live rule whose check was down held instead. */
  action: RuleAction;
  /** Comments whose condition held; and of those it decided, or as a shadow rule would have, were it live. */
  matched: number;
  decided: number;
  /** Of {@link decided}, what it held: its part of the moderators' queue. */
  held: number;
  /** Of {@link decided}, what moderators decided upon, and how often they agreed. */
  judged: number;
  agreed: number;
};

export type RuleChange = {
  id: string;
  /** Null: the policy of then, or the one that is tried, has no such rule, or it is off. */
  before: RuleSide | null;
  after: RuleSide | null;
  /** Comments decided otherwise than then whose rule it was or would be; of a shadow rule, what it would change were it live. */
  changes: number;
  examples: Example[];
};

/** What a rule made of one comment. */
export type RuleUse = {
  rule: string;
  mode: RuleSide["mode"];
  action: RuleAction;
  isMatch: boolean;
  /** What was done because of it; undefined when it did not decide. */
  done: DecisionAction | undefined;
};

export type RuleTally = {
  add(side: "before" | "after", use: RuleUse, verdict: Verdict | null): void;
  /** Notes that a rule has to do with a change. */
  change(rule: string, example: Example): void;
  /** Makes a rule of the policy on trial known, whether or not it ever matches. */
  name(rule: string, mode: RuleSide["mode"], action: RuleAction): void;
  /** Those in `order` first, then the others as they were met. */
  list(order: readonly string[]): RuleChange[];
};

const EXAMPLES_PER_RULE_MAX = 3;

export function createRuleTally(): RuleTally {
  const rules = new Map<string, RuleChange>();
  const of = (id: string) => {
    let rule = rules.get(id);
    if (!rule) {
      rule = { id, before: null, after: null, changes: 0, examples: [] };
      rules.set(id, rule);
    }
    return rule;
  };
  return {
    add(side, { rule, mode, action, isMatch, done }, verdict) {
      const found = of(rule);
      const counts = (found[side] ??= emptySide(mode, action));
      counts.matched += Number(isMatch);
      if (done === undefined) return;
      counts.decided += 1;
      counts.held += Number(done === "hold");
      if (verdict === null) return;
      counts.judged += 1;
      counts.agreed += Number(agrees(done, verdict));
    },
    change(rule, example) {
      const found = of(rule);
      found.changes += 1;
      keepExample(found.examples, example, EXAMPLES_PER_RULE_MAX);
    },
    name(rule, mode, action) {
      of(rule).after ??= emptySide(mode, action);
    },
    list(order) {
      const first = order.flatMap((id) => rules.get(id) ?? []);
      return [...new Set([...first, ...rules.values()])];
    },
  };
}

function emptySide(mode: RuleSide["mode"], action: RuleAction): RuleSide {
  return { mode, action, matched: 0, decided: 0, held: 0, judged: 0, agreed: 0 };
}

export type ShownSide = RuleSide & {
  /** Moderators decided otherwise: judged less agreed. */
  reversed: number;
  /** Agreed among judged; null when nothing was judged. */
  precision: Share | null;
  /** What it held among all that was held; 0 for a shadow rule. */
  queueShare: number;
};

export function showSide(side: RuleSide, heldInAll: number): ShownSide {
  const isQueued = side.mode === "live" && heldInAll > 0;
  return {
    ...side,
    reversed: side.judged - side.agreed,
    precision: wilsonOf(side.agreed, side.judged),
    queueShare: isQueued ? side.held / heldInAll : 0,
  };
}
