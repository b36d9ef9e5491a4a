import type { Context } from "../../context.ts";
import { closeEnded, deleteOld, findRemoved } from "./store/expire.ts";
import { lockCampaigns, recountCampaigns, removeMembers } from "./store/join.ts";

/** A campaign without a new comment for so long is forgotten; its comments and their decisions are not. */
const FORGOTTEN_AFTER_DAYS = 180;
const DAY_MS = 86_400_000;
/** Rows of one round. */
const ROWS_MAX = 1_000;

/**
 * Tidies campaigns up: those whose decision has come to its end are closed, comments that their authors took back leave
 * them, and old ones are forgotten. Nothing depends on it: the end of a decision is looked at in every check.
 */
export async function expireCampaigns(ctx: Context): Promise<void> {
  const now = ctx.clock.now();
  const quietSince = new Date(now.getTime() - DAY_MS);
  while ((await closeEnded(ctx.db, now, quietSince, ROWS_MAX)) === ROWS_MAX);
  while ((await forgetRemoved(ctx)) === ROWS_MAX);
  const before = new Date(now.getTime() - FORGOTTEN_AFTER_DAYS * DAY_MS);
  while ((await deleteOld(ctx.db, before, ROWS_MAX)) === ROWS_MAX);
}

async function forgetRemoved(ctx: Context): Promise<number> {
  return ctx.db.transaction(async (tx) => {
    const removed = await findRemoved(tx, ROWS_MAX);
    if (removed.length === 0) return 0;
    const campaigns = [...new Set(removed.map((row) => row.campaign_id))];
    await lockCampaigns(tx, campaigns);
    await removeMembers(
      tx,
      removed.map((row) => row.comment_id),
    );
    await recountCampaigns(tx, campaigns);
    return removed.length;
  });
}
