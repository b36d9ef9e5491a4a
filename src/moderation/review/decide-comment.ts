import type { Principal } from "../../accounts/principal.ts";
import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { type Conflict, decideComments, type DecisionResult } from "./decide-comments.ts";
import { commentNotFound } from "./get-review.ts";
import type { Actor } from "./present.ts";
import type { Verdict } from "./schema.ts";

export type Decided = Extract<DecisionResult, { decisionId: string }>;

/**
 * Records one decision of a moderator.
 * @throws AppError `forbidden`, `not_found`, `conflict` (`comment_changed`, with what happened in `details.conflict`)
 */
export async function decideComment(
  ctx: Context,
  principal: Principal,
  commentId: string,
  verdict: Verdict,
): Promise<Decided> {
  const [result] = await decideComments(ctx, principal, [{ ...verdict, commentId }]);
  if (!result || result.outcome === "not_found") throw commentNotFound();
  if (result.outcome === "conflict") throw changedMeanwhile(result.conflict);
  return result;
}

export function changedMeanwhile(conflict: Conflict): AppError {
  return new AppError("conflict", `The comment has changed: ${tell(conflict)} in the meantime.`, {
    reason: conflict.status === "removed" ? "comment_removed" : "comment_changed",
    details: { conflict },
  });
}

/** `published by Olena`, `held by the rule many-links`, `removed by its author`. */
function tell({ by, action, status }: Conflict): string {
  if (!by) return status;
  const did = action === "undo" ? `put back to ${status}` : action === "edit" ? "edited" : status;
  return `${did} by ${NAMED[by.kind](by.name)}`;
}

const NAMED = {
  policy: (rule: string) => (rule === "otherwise" ? "the policy" : `the rule ${rule}`),
  moderator: (name: string) => name,
  author: () => "its author",
  system: (part: string) => `the system (${part})`,
} as const satisfies Record<Actor["kind"], unknown>;
