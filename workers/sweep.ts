import type { Context } from "../src/context.ts";
import { handOver } from "../src/queue/dispatcher.ts";
import type { JobName } from "../src/queue/jobs.ts";
import { makeDueAgain, OUTBOX_TOPICS, takeOverdue } from "../src/queue/outbox.ts";
import { makeDueAgain as makeDeliveriesDueAgain, takeDueDeliveries } from "../src/webhooks/due.ts";
import { repeat } from "./repeat.ts";

/** Pieces of work handed over per round; the next round takes the rest. */
const SWEEP_MAX = 500;
const INTERVAL_MS = 1_000;

/** After a refusal: as soon as the queue is back, not after the wait that a hand-over would have earned. */
const REFUSED_WAIT_MS = 2_000;

/** Hands the queue whatever it should have done by now and has not. Rows are put off as they are taken, so sweepers may overlap. */
export async function sweepOnce(ctx: Context): Promise<number> {
  const now = ctx.clock.now();
  const again = new Date(now.getTime() + REFUSED_WAIT_MS);
  let swept = 0;
  for (const topic of OUTBOX_TOPICS) {
    const keys = await takeOverdue(ctx.db, topic, now, SWEEP_MAX);
    await handOverOr(ctx, topic, keys, () => makeDueAgain(ctx.db, topic, keys, again));
    swept += keys.length;
  }
  const deliveries = await takeDueDeliveries(ctx.db, now, SWEEP_MAX);
  await handOverOr(ctx, "webhook.deliver", deliveries, () =>
    makeDeliveriesDueAgain(ctx.db, deliveries, again),
  );
  return swept + deliveries.length;
}

async function handOverOr(
  ctx: Context,
  job: JobName,
  ids: string[],
  refused: () => Promise<void>,
): Promise<void> {
  if (ids.length === 0) return;
  try {
    await handOver(ctx.queue, job, ids);
  } catch (error) {
    await refused();
    throw error;
  }
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
