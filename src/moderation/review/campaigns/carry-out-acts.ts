import type { Context } from "../../../context.ts";
import { AppError } from "../../../errors.ts";
import { claimOwed, giveBack, type Lease, release, settle } from "../../../queue/outbox.ts";
import { carryOutAct } from "./carry-out.ts";

/** What one job does of one act: some ten seconds of work, well within its lease. The sweeper hands over the rest. */
const BATCHES_MAX = 50;

/** Carries on with acts upon campaigns that are owed. What another worker holds or has done is left alone. */
export async function carryOutActs(ctx: Context, ids: string[], signal: AbortSignal): Promise<void> {
  const leases = await claimOwed(ctx.db, "campaign.decide", ids, ctx.clock.now());
  for (const lease of leases) await carryOn(ctx, lease, signal);
}

async function carryOn(ctx: Context, lease: Lease, signal: AbortSignal): Promise<void> {
  try {
    const isDone = await carryOutAct(ctx, lease.key, { batchesMax: BATCHES_MAX, signal });
    if (isDone) await settle(ctx.db, "campaign.decide", [lease]);
    else await release(ctx.db, "campaign.decide", [lease], ctx.clock.now());
  } catch (error) {
    if (error instanceof AppError && error.reason === "store_unavailable") {
      await release(ctx.db, "campaign.decide", [lease], ctx.clock.now()).catch(() => undefined);
      throw error;
    }
    const message = error instanceof Error ? error.message : String(error);
    ctx.log.error({ err: error, actId: lease.key }, "an act upon a campaign could not be carried out");
    await giveBack(ctx.db, "campaign.decide", lease.key, message, ctx.clock.now());
  }
}
