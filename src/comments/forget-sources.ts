import type { Context } from "../context.ts";
import { deleteSourcesBefore } from "./store/sources.ts";

const DAY_MS = 86_400_000;
/** Rows per statement, so that no delete holds up the comments that arrive meanwhile. */
const BATCH_MAX = 5_000;

/** Deletes the keyed hashes of IP addresses that are older than the configured days. */
export async function forgetSources(ctx: Context): Promise<void> {
  const now = ctx.clock.now();
  const before = new Date(now.getTime() - ctx.config.ipRetentionDays * DAY_MS);
  let deleted = BATCH_MAX;
  while (deleted === BATCH_MAX) deleted = await deleteSourcesBefore(ctx.db, { before, now }, BATCH_MAX);
}
