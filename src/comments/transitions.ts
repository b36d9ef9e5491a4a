import { AppError } from "../errors.ts";
import type { CommentStatus, DecisionAction } from "./status.ts";

/** All that can befall a comment: a decision, its author's edit, and removal by the author or the law. */
export type CommentAction = DecisionAction | "remove" | "edit";

/** The events that tell of a change of status. */
export const STATUS_EVENTS = [
  "comment.published",
  "comment.held",
  "comment.rejected",
  "comment.spam",
  "comment.edited",
  "comment.removed",
] as const;
export type StatusEvent = (typeof STATUS_EVENTS)[number];

/**
 * The status that an action leads to. A decision may move any comment that is not removed to any other
 * status, or confirm the one it has; an edit sends it back to be checked anew.
 * @throws AppError `conflict`, reason `comment_removed`: removal is final, even against another removal.
 */
export function nextStatus(from: CommentStatus, action: CommentAction): CommentStatus {
  if (from === "removed") {
    throw new AppError("conflict", "This comment has been removed.", { reason: "comment_removed" });
  }
  switch (action) {
    case "publish":
      return "published";
    case "hold":
      return "held";
    case "reject":
      return "rejected";
    case "spam":
      return "spam";
    case "edit":
      return "pending";
    case "remove":
      return "removed";
    default:
      return unknown(action);
  }
}

/**
 * The event that follows a change of status; undefined when nothing changed. A comment turns `pending` again
 * only by an edit: hence `comment.edited`. A first `pending` is a birth, which `submit` announces itself.
 */
export function eventForTransition(from: CommentStatus, to: CommentStatus): StatusEvent | undefined {
  if (from === to) return undefined;
  switch (to) {
    case "published":
      return "comment.published";
    case "held":
      return "comment.held";
    case "rejected":
      return "comment.rejected";
    case "spam":
      return "comment.spam";
    case "removed":
      return "comment.removed";
    case "pending":
      return "comment.edited";
    default:
      return unknown(to);
  }
}

function unknown(value: never): never {
  throw new Error(`No such status or action: ${String(value)}`);
}
