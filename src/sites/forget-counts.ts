import type { Context } from "../context.ts";
import { deleteExpiredCounts } from "./store.ts";

/** Deletes the counts of rate limits whose windows are over. */
export async function forgetCounts(ctx: Context): Promise<void> {
  await deleteExpiredCounts(ctx.db, ctx.clock.nowMs());
}
