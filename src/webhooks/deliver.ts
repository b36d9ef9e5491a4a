import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import { VERSION } from "../version.ts";
import { ATTEMPT_TIMEOUT_MS, type AttemptResult, sendAttempt } from "./attempt.ts";
import type { AttemptRecorder } from "./attempt-recorder.ts";
import type { Background } from "./background.ts";
import { openEndpointSecrets } from "./endpoint-secret.ts";
import { buryOrphans, claimDeliveries, type LeasedDelivery, releaseDeliveries } from "./store/lease.ts";

/** Longer than any attempt with its wait for a place; past it another worker may send. */
export const LEASE_MS = 60_000;
/** How long a delivery waits for a place among those to its endpoint before it is put off. */
const SLOT_WAIT_MS = 20_000;
const PUT_OFF_MS = 1_000;

/** What the attempts of a process have in common. */
export type Sender = Pick<Background, "stopping" | "abandoned"> & { recorder: AttemptRecorder };

/**
 * Claims those of the deliveries that are due, whose endpoint takes them and that nobody else is sending, and begins one attempt
 * for each. Resolves once they are claimed; `finished` when all are written down or given back: a receiver may take its time.
 * Delivers at least once: each attempt is written down after it was made, so one whose worker dies in between is made again,
 * with the same id and the same bytes.
 */
export async function deliverWebhooks(
  ctx: Context,
  ids: string[],
  sender: Sender,
): Promise<{ finished: Promise<void> }> {
  if (sender.stopping.aborted) return { finished: Promise.resolve() };
  const now = ctx.clock.now();
  const leasedUntil = new Date(now.getTime() + LEASE_MS);
  const leased = await claimDeliveries(ctx.db, ids, now, leasedUntil);
  if (leased.length < ids.length) await buryOrphans(ctx.db, ids, now);
  return { finished: sendAll(ctx, leased, { leasedUntil, sender }) };
}

type Sending = { leasedUntil: Date; sender: Sender };

async function sendAll(ctx: Context, leased: LeasedDelivery[], sending: Sending): Promise<void> {
  const refused = createRefusals(ctx, sending.leasedUntil);
  const outcomes = await Promise.allSettled(
    leased.map(async (delivery) => {
      const sent = await deliverOne(ctx, delivery, sending);
      if (!sent) await refused(delivery.id);
    }),
  );
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed) throw failed.reason;
}

/** Gives back together what is refused together, and without waiting for what is under way. */
function createRefusals(ctx: Context, leasedUntil: Date): (id: string) => Promise<void> {
  let batch: { ids: string[]; released: Promise<void> } | undefined;
  const release = async (ids: string[]) => {
    await new Promise<void>((resolve) => setImmediate(resolve));
    batch = undefined;
    await releaseDeliveries(ctx.db, ids, leasedUntil, new Date(ctx.clock.nowMs() + PUT_OFF_MS));
  };
  return async (id) => {
    if (!batch) {
      const ids: string[] = [];
      batch = { ids, released: release(ids) };
    }
    batch.ids.push(id);
    await batch.released;
  };
}

/** False when it was not sent: no place came free in time, or the lease would not outlast the attempt. */
async function deliverOne(ctx: Context, delivery: LeasedDelivery, sending: Sending): Promise<boolean> {
  const { leasedUntil, sender } = sending;
  const wait = { waitMs: SLOT_WAIT_MS, signal: sender.stopping };
  using slot = await ctx.webhooks.slots.acquire(delivery.endpoint_id, wait);
  const startedAt = ctx.clock.now();
  if (!slot || startedAt.getTime() + ATTEMPT_TIMEOUT_MS > leasedUntil.getTime()) return false;
  const result = await attempt(ctx, delivery, startedAt);
  // Cut off by our own end: that says nothing about the receiver. The lease runs out, and another worker sends it again.
  if (sender.abandoned.aborted) return true;
  await sender.recorder.record({ delivery, leasedUntil, result, startedAt, endedAt: ctx.clock.now() });
  return true;
}

async function attempt(ctx: Context, delivery: LeasedDelivery, at: Date): Promise<AttemptResult> {
  let secrets: string[];
  try {
    secrets = openEndpointSecrets(ctx.keys, delivery, at);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    ctx.log.error({ err: error, endpointId: delivery.endpoint_id }, "an endpoint's secret cannot be read");
    return SECRET_UNREADABLE;
  }
  const request = {
    url: delivery.url,
    id: delivery.event_id,
    timestampSeconds: Math.floor(at.getTime() / 1_000),
    body: delivery.payload,
    secrets,
  };
  return sendAttempt(request, { agent: ctx.webhooks.agent, clock: ctx.clock, version: VERSION });
}

/** Follows the schedule like any failure: the operator has three days to bring the key back. */
const SECRET_UNREADABLE: AttemptResult = {
  outcome: "failed",
  statusCode: null,
  error: "invalid_request",
  errorDetail: "SECRET_UNREADABLE",
  durationMs: 0,
  responseExcerpt: "",
  retryAfterSeconds: null,
};
