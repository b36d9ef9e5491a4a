import type { Principal } from "../../accounts/principal.ts";
import type { CommentStatus } from "../../comments/status.ts";
import { toProposalComment } from "../../comments/to-proposal.ts";
import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { owe } from "../../queue/outbox.ts";
import { changedMeanwhile, type Decided } from "./decide-comment.ts";
import { toConflict } from "./decide-comments.ts";
import { effectiveDecisions, UNDO } from "./effective-decisions.ts";
import { publishAs } from "./publish-as.ts";
import {
  type DecidableRow,
  type DecisionLogRow,
  findDecidable,
  findDecision,
  findDecisionLog,
} from "./store/decisions.ts";
import { confinement } from "./view.ts";

export type UndoDecisionInput = { id: string; note: string | null; requestId: string | null };

/**
 * Takes a decision of a moderator, the policy or the system back while it is the effective one: the comment has the status
 * of before again, and if that is `pending`, its check is owed again. A text is decided by the policy only once: when its
 * own decision is undone, the comment waits for a moderator instead.
 * @throws AppError `forbidden`, `not_found`, `conflict` (`not_undoable`, `not_effective`, `nothing_to_undo`, `comment_changed`)
 */
export async function undoDecision(
  ctx: Context,
  principal: Principal,
  input: UndoDecisionInput,
): Promise<Decided> {
  const siteId = confinement(principal, "comments:moderate");
  const decision = await findDecision(ctx.db, siteId, input.id);
  const row =
    decision && (await findDecidable(ctx.db, siteId, [decision.comment_id])).get(decision.comment_id);
  if (!decision || !row) throw decisionNotFound();
  const log = await findDecisionLog(ctx.db, row.id);
  const earlier = log.find(({ undoes }) => undoes === decision.id);
  if (earlier?.actor_id === principal.tokenId && earlier.note === input.note) return toRepeated(earlier);
  const before = requireEffective(decision, row, log);
  return restore(ctx, principal, { input, row, decision, log, before });
}

/** The decision that is effective once this one is undone, if there is any. */
function requireEffective(
  decision: DecisionLogRow,
  row: DecidableRow,
  log: DecisionLogRow[],
): DecisionLogRow | undefined {
  if (row.status === "removed") throw changedMeanwhile(toConflict(log.at(-1), row));
  if (decision.actor_kind === "author" || decision.action === UNDO) {
    throw new AppError(
      "conflict",
      "Only what a rule or a moderator decided can be undone; decide anew instead.",
      {
        reason: "not_undoable",
      },
    );
  }
  const effective = effectiveDecisions(log);
  if (effective.at(-1)?.id !== decision.id) {
    throw new AppError("conflict", "This decision is not the effective one any more.", {
      reason: "not_effective",
      details: { conflict: toConflict(log.at(-1), row) },
    });
  }
  return effective.at(-2);
}

type Restoration = {
  input: UndoDecisionInput;
  row: DecidableRow;
  decision: DecisionLogRow;
  log: DecisionLogRow[];
  before: DecisionLogRow | undefined;
};

async function restore(ctx: Context, principal: Principal, restoration: Restoration): Promise<Decided> {
  const { input, row, decision, before } = restoration;
  const toStatus = statusBefore(restoration);
  if (toStatus === row.status) {
    throw new AppError("conflict", `Without this decision the comment is ${toStatus} all the same.`, {
      reason: "nothing_to_undo",
    });
  }
  const proposal = {
    comment: toProposalComment(row),
    toStatus,
    actor: { kind: "moderator" as const, name: principal.name },
    action: UNDO,
    // What held before holds again, also towards the author.
    reason: before?.reason ?? null,
    note: input.note,
    undoes: decision.id,
    priority: row.priority,
  };
  const [applied] = await publishAs(ctx, principal, [proposal], async (tx, [done]) => {
    if (done?.to !== "pending") return;
    // After the decision, which settled what was still owed.
    await owe(tx, "comment.check", row.id, input.requestId, ctx.clock.now());
    tx.onCommit(() => ctx.dispatch("comment.check", [row.id], input.requestId ?? undefined));
  });
  if (!applied) throw changedMeanwhile(toConflict((await findDecisionLog(ctx.db, row.id)).at(-1), row));
  const { commentId, decisionId, version, to } = applied;
  return { commentId, outcome: "decided", decisionId, version, status: to };
}

/** The status that a comment has again once a decision about it is taken back. */
export function statusBefore({ decision, log }: Pick<Restoration, "decision" | "log">): CommentStatus {
  if (decision.from_status !== "pending") return decision.from_status;
  const isChecked = log.some(
    (one) => one.actor_kind === "policy" && one.comment_revision === decision.comment_revision,
  );
  return isChecked ? "held" : "pending";
}

function toRepeated({
  comment_id: commentId,
  id,
  comment_version: version,
  to_status,
}: DecisionLogRow): Decided {
  return { commentId, outcome: "repeated", decisionId: id, version, status: to_status };
}

export function decisionNotFound(): AppError {
  return new AppError("not_found", "There is no such decision.", { reason: "decision_not_found" });
}
