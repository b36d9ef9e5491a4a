/** `pending` is not yet checked, `held` waits for a moderator, `removed` is the author's or the law's, and final. */
export const COMMENT_STATUSES = ["pending", "published", "held", "rejected", "spam", "removed"] as const;
export type CommentStatus = (typeof COMMENT_STATUSES)[number];

/** What a decision, by rule or by person, may do to a comment. */
export const DECISION_ACTIONS = ["publish", "hold", "reject", "spam"] as const;
export type DecisionAction = (typeof DECISION_ACTIONS)[number];

export function isDecisionAction(value: unknown): value is DecisionAction {
  return DECISION_ACTIONS.some((action) => action === value);
}

export const AUTHOR_STATUSES = ["normal", "trusted", "banned"] as const;
export type AuthorStatus = (typeof AUTHOR_STATUSES)[number];
