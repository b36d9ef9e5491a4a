import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import { VERSION } from "../version.ts";
import { ATTEMPT_TIMEOUT_MS, type AttemptResult, sendAttempt } from "./attempt.ts";
import { type AttemptRecorder, createAttemptRecorder } from "./attempt-recorder.ts";
import { openEndpointSecrets } from "./endpoint-secret.ts";
import { buryOrphans, claimDeliveries, type LeasedDelivery, releaseDeliveries } from "./store/lease.ts";

/** Longer than any attempt with its wait for a place; past it another worker may send. */
export const LEASE_MS = 60_000;
/** How long a delivery waits for a place among those to its endpoint before it is put off. */
const SLOT_WAIT_MS = 2_000;
const PUT_OFF_MS = 1_000;

/**
 * Makes one attempt for each of the deliveries that are due, whose endpoint takes them and that nobody else is sending.
 * Delivers at least once: each attempt is written down after it was made, so one whose worker dies in between is made again,
 * with the same id and the same bytes. On abort nothing more is started, and what is under way is finished.
 */
export async function deliverWebhooks(ctx: Context, ids: string[], signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const now = ctx.clock.now();
  const leasedUntil = new Date(now.getTime() + LEASE_MS);
  const leased = await claimDeliveries(ctx.db, ids, now, leasedUntil);
  if (leased.length < ids.length) await buryOrphans(ctx.db, ids, now);
  const recorder = createAttemptRecorder(ctx, leasedUntil);
  const unsent: string[] = [];
  const outcomes = await Promise.allSettled(
    leased.map(async (delivery) => {
      const sent = await deliverOne(ctx, delivery, { recorder, leasedUntil, signal });
      if (!sent) unsent.push(delivery.id);
    }),
  );
  if (unsent.length > 0) {
    await releaseDeliveries(ctx.db, unsent, leasedUntil, new Date(ctx.clock.nowMs() + PUT_OFF_MS));
  }
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed) throw failed.reason;
}

type Sending = { recorder: AttemptRecorder; leasedUntil: Date; signal: AbortSignal };

/** False when it was not sent: no place came free in time, or the lease would not outlast the attempt. */
async function deliverOne(ctx: Context, delivery: LeasedDelivery, sending: Sending): Promise<boolean> {
  const { recorder, leasedUntil, signal } = sending;
  using slot = await ctx.webhooks.slots.acquire(delivery.endpoint_id, { waitMs: SLOT_WAIT_MS, signal });
  const startedAt = ctx.clock.now();
  if (!slot || startedAt.getTime() + ATTEMPT_TIMEOUT_MS > leasedUntil.getTime()) return false;
  const result = await attempt(ctx, delivery, startedAt);
  await recorder.record({ delivery, result, startedAt, endedAt: ctx.clock.now() });
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
