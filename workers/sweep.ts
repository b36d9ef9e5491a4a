import type { Context } from "../src/context.ts";
import { takeOverdue } from "../src/queue/outbox.ts";
import { takeDueDeliveries } from "../src/webhooks/due.ts";
import { repeat } from "./repeat.ts";

/** Pieces of work handed over per round; the next round takes the rest. */
const SWEEP_MAX = 500;
const INTERVAL_MS = 1_000;

/** Hands the queue whatever it should have done by now and has not. Rows are put off as they are taken, so sweepers may overlap. */
export async function sweepOnce(ctx: Context): Promise<number> {
  const now = ctx.clock.now();
  const comments = await takeOverdue(ctx.db, "comment.check", now, SWEEP_MAX);
  if (comments.length > 0) ctx.dispatch("comment.check", comments);
  const deliveries = await takeDueDeliveries(ctx.db, now, SWEEP_MAX);
  if (deliveries.length > 0) ctx.dispatch("webhook.deliver", deliveries);
  return comments.length + deliveries.length;
}

export function startSweeper(ctx: Context): AsyncDisposable {
  return repeat(ctx, {
    name: "sweep",
    intervalMs: INTERVAL_MS,
    work: async () => {
      const swept = await sweepOnce(ctx);
      if (swept > 0) ctx.log.info({ swept }, "handed overdue work to the queue");
    },
  });
}
