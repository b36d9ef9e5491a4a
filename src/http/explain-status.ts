import type { CommentStatus, DecisionAction } from "../comments/status.ts";
import { explainToAuthor, groundForAuthor } from "../moderation/explain.ts";

const ACTIONS: Partial<Record<CommentStatus, DecisionAction>> = {
  held: "hold",
  rejected: "reject",
  spam: "spam",
};

/** One fair sentence for the author of a comment that is not published; undefined where there is nothing to explain. */
export function explainStatus(status: CommentStatus, reason: string | null): string | undefined {
  const action = ACTIONS[status];
  return action && explainToAuthor({ action, reason });
}

/** The ground alone, for pages that have said already what became of the comment. */
export function groundOfStatus(status: CommentStatus, reason: string | null): string | undefined {
  return ACTIONS[status] && groundForAuthor(reason);
}
