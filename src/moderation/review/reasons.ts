import { DECISION_ACTIONS, type DecisionAction } from "../../comments/status.ts";
import { MODERATOR_REASON_CODES, type ModeratorReasonCode, REASONS } from "../reasons.ts";

export type ReviewReason = {
  code: ModeratorReasonCode;
  /** Completes "because …". */
  moderator: string;
  /** The sentence the author is told. */
  author: string;
  /** What it may be given for. */
  actions: DecisionAction[];
};

/** The reasons a moderator may choose from, in the order to show them. */
export function listReasons(): ReviewReason[] {
  return MODERATOR_REASON_CODES.map((code) => ({
    code,
    moderator: REASONS[code].moderator,
    author: REASONS[code].author,
    actions: DECISION_ACTIONS.filter((action) => suitsAction(code, action)),
  }));
}

/** Only approval is a reason to publish, and it is a reason for nothing else. */
export function suitsAction(reason: ModeratorReasonCode, action: DecisionAction): boolean {
  return (reason === "approved") === (action === "publish");
}

/** The reason of a decision for which the moderator gave none; null where nothing goes without saying. */
export function impliedReason(action: DecisionAction): ModeratorReasonCode | null {
  return IMPLIED[action];
}

const IMPLIED = { publish: "approved", spam: "spam", hold: null, reject: null } as const satisfies Record<
  DecisionAction,
  ModeratorReasonCode | null
>;
