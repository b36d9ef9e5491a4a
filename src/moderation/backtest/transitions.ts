import { DECISION_ACTIONS, type DecisionAction } from "../../comments/status.ts";
import { agrees, type Verdict } from "../verdict.ts";
import { type Example, keepExample } from "./example.ts";

/** Comments that were decided one way and would be decided another. */
export type Transition = {
  from: DecisionAction;
  to: DecisionAction;
  comments: number;
  /** Of those, what moderators decided upon. */
  judged: number;
  /** Moderators agree with what would be done and not with what was; and the other way round. */
  better: number;
  worse: number;
  examples: Example[];
};

export type ActionCounts = Record<DecisionAction, number>;

export type TransitionTally = {
  add(example: Example): void;
  before: ActionCounts;
  after: ActionCounts;
  /** What changes, in the order of the actions; what stays as it was is not listed. */
  changed(): Transition[];
};

const EXAMPLES_PER_TRANSITION_MAX = 5;

/** Counts what was done, what would be done, and what that changes. */
export function createTransitions(): TransitionTally {
  const before = zeroCounts();
  const after = zeroCounts();
  const transitions = new Map<string, Transition>();
  return {
    before,
    after,
    add(example) {
      const [from, to] = [example.before.action, example.after.action];
      before[from] += 1;
      after[to] += 1;
      if (from === to) return;
      const key = `${from} ${to}`;
      let transition = transitions.get(key);
      if (!transition) {
        transition = { from, to, comments: 0, judged: 0, better: 0, worse: 0, examples: [] };
        transitions.set(key, transition);
      }
      transition.comments += 1;
      if (example.verdict !== null) judge(transition, example.verdict);
      keepExample(transition.examples, example, EXAMPLES_PER_TRANSITION_MAX);
    },
    changed: () =>
      DECISION_ACTIONS.flatMap((from) =>
        DECISION_ACTIONS.flatMap((to) => transitions.get(`${from} ${to}`) ?? []),
      ),
  };
}

function judge(transition: Transition, verdict: Verdict): void {
  const { from, to } = transition;
  transition.judged += 1;
  transition.better += Number(agrees(to, verdict) && !agrees(from, verdict));
  transition.worse += Number(agrees(from, verdict) && !agrees(to, verdict));
}

function zeroCounts(): ActionCounts {
  return { publish: 0, hold: 0, reject: 0, spam: 0 };
}
