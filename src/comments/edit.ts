import type { Context } from "../context.ts";
import type { Tx } from "../db/database.ts";
import { AppError } from "../errors.ts";
import { owe } from "../queue/outbox.ts";
import type { Site } from "../sites/site.ts";
import { editableUntil, getOwnRow, type OwnComment, toOwnComment } from "./own-comment.ts";
import { publishInTransaction } from "./publish.ts";
import { lastActorKind, lockComments } from "./store/apply.ts";
import { type CommentRow, findCommentRows, replaceBody } from "./store/find.ts";
import { toProposalComment } from "./to-proposal.ts";
import { nextStatus } from "./transitions.ts";

export type EditCommentInput = {
  site: Site;
  id: string;
  token: string;
  body: string;
  requestId: string | null;
};

/**
 * Replaces the text of the author's own comment. It is pending again and checked anew; the old text is kept for moderators.
 * What was refused, or held by a moderator, is not the author's to put before the rules again.
 * @throws AppError `not_found`, `conflict` (`edit_window_closed`, `edits_used_up`, `comment_refused`, `comment_removed`, `comment_changed`)
 */
export async function editComment(ctx: Context, input: EditCommentInput): Promise<OwnComment> {
  const { site, id, body } = input;
  const row = await getOwnRow(ctx, site, id, input.token);
  nextStatus(row.status, "edit");
  await refuseIfDecided(ctx, row);
  if (row.revision > site.settings.limits.editsPerCommentMax) {
    throw new AppError("conflict", "This comment has been edited often enough.", { reason: "edits_used_up" });
  }
  if (editableUntil(site, row) <= ctx.clock.now()) {
    throw new AppError("conflict", "The time to edit this comment is over.", {
      reason: "edit_window_closed",
    });
  }
  if (body === row.body) return toOwnComment(ctx, site, row);
  await ctx.db.transaction((tx) => writeEdit(ctx, tx, input, row));
  const after = (await findCommentRows(ctx.db, site.id, [id]))[0] ?? row;
  return toOwnComment(ctx, site, after);
}

async function refuseIfDecided(ctx: Context, row: CommentRow): Promise<void> {
  const refused = row.status === "rejected" || row.status === "spam";
  const heldByPerson = row.status === "held" && (await lastActorKind(ctx.db, row.id)) === "moderator";
  if (!refused && !heldByPerson) return;
  throw new AppError("conflict", "A decision has been made about this comment.", {
    reason: "comment_refused",
  });
}

async function writeEdit(ctx: Context, tx: Tx, input: EditCommentInput, row: CommentRow): Promise<void> {
  const at = ctx.clock.now();
  await lockComments(tx, row.parent_id === null ? [row.id] : [row.id, row.parent_id]);
  const revision = await replaceBody(tx, { id: row.id, version: row.version, body: input.body, at });
  if (revision === undefined) throw changedMeanwhile();
  const comment = { ...toProposalComment(row), body: input.body, revision };
  const actor = { kind: "author" as const, name: "author" };
  const proposal = { comment, toStatus: "pending" as const, actor, action: "edit", reason: null };
  const applied = await publishInTransaction(ctx, tx, [proposal]);
  if (applied.length === 0) throw changedMeanwhile();
  // After the decision, which settled what the old text still owed.
  await owe(tx, "comment.check", row.id, input.requestId, at);
  tx.onCommit(() => ctx.dispatch("comment.check", [row.id], input.requestId ?? undefined));
}

export function changedMeanwhile(): AppError {
  return new AppError("conflict", "The comment changed in the meantime. Please look again.", {
    reason: "comment_changed",
  });
}
