import { toProposalComment } from "../comments/to-proposal.ts";
import { type Applied, publishInTransaction } from "../comments/publish.ts";
import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import { giveBack, type OutboxTopic } from "../queue/outbox.ts";
import type { CheckRow } from "./store.ts";

/** The store is away, or too busy: whatever else says `unavailable` is about the comment itself. */
export function isElsewhere(error: unknown): boolean {
  return error instanceof AppError && error.reason === "store_unavailable";
}

/** A comment that cannot be checked must not vanish: once its tries are used up, a moderator gets it with the reason. */
export async function giveUpForNow(
  ctx: Context,
  topic: OutboxTopic,
  row: CheckRow,
  error: unknown,
): Promise<Applied[]> {
  const message = error instanceof Error ? error.message : String(error);
  ctx.log.error({ err: error, commentId: row.id }, "comment could not be checked");
  return ctx.db.transaction(async (tx) => {
    const state = await giveBack(tx, topic, row.id, message, ctx.clock.now());
    if (!state?.parked) return [];
    const note = `The checks failed ${state.attempts} times: ${message}`.slice(0, 500);
    return publishInTransaction(ctx, tx, [
      {
        comment: toProposalComment(row),
        toStatus: "held",
        actor: { kind: "system", name: "check" },
        action: "hold",
        reason: "check_failed",
        note,
      },
    ]);
  });
}
