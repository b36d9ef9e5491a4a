import type { Context } from "../context.ts";
import type { AttemptResult } from "./attempt.ts";
import { type NextAttempt, nextAttempt } from "./schedule.ts";
import type { LeasedDelivery } from "./store/lease.ts";
import { type AttemptRecord, disableGone, pauseEndpoints, recordAttempts } from "./store/record.ts";

type FinishedAttempt = {
  delivery: LeasedDelivery;
  /** The lease under which it was sent. */
  leasedUntil: Date;
  result: AttemptResult;
  startedAt: Date;
  endedAt: Date;
};

export type AttemptRecorder = {
  /** Resolves once the attempt is committed. */
  record(attempt: FinishedAttempt): Promise<void>;
};

type Settled = FinishedAttempt & { next: NextAttempt | null };
type Waiting = { attempt: FinishedAttempt; resolve: () => void; reject: (error: unknown) => void };

/** One per process. Coalesces: attempts that end while others are being written are written together, in the next short transaction. */
export function createAttemptRecorder(ctx: Context): AttemptRecorder {
  let waiting: Waiting[] = [];
  let writing = false;

  const drain = async () => {
    writing = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        await write(
          ctx,
          batch.map(({ attempt }) => settle(attempt)),
        );
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    writing = false;
  };

  return {
    async record(attempt) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      waiting.push({ attempt, resolve, reject });
      if (!writing) void drain();
      return promise;
    },
  };
}

function settle(attempt: FinishedAttempt): Settled {
  const { outcome, statusCode, retryAfterSeconds, durationMs } = attempt.result;
  if (outcome === "delivered") return { ...attempt, next: null };
  const next = nextAttempt({
    attempt: attempt.delivery.attempts + 1,
    outcome,
    statusCode,
    retryAfterSeconds,
    durationMs,
    now: attempt.endedAt,
    random: Math.random,
  });
  return { ...attempt, next };
}

async function write(ctx: Context, attempts: Settled[]): Promise<void> {
  const records = attempts.map(toRecord);
  const paused = attempts.flatMap(({ next, delivery }) =>
    next?.state === "retry" && next.endpointPausedUntil ? [toNotice(delivery, next.endpointPausedUntil)] : [],
  );
  const gone = attempts.flatMap(({ next, delivery, endedAt }) =>
    next?.state === "gone" ? [toNotice(delivery, endedAt)] : [],
  );
  const { recorded, disabled } = await ctx.db.transaction(async (tx) => {
    const recorded = await recordAttempts(tx, records);
    if (paused.length > 0) await pauseEndpoints(tx, paused);
    return { recorded, disabled: gone.length > 0 ? await disableGone(tx, gone) : [] };
  });
  // What was claimed before must not go out now: it would meet the same answer, or hang as long.
  for (const { endpointId } of [...paused, ...gone]) ctx.webhooks.slots.turnAway(endpointId);
  for (const { id: endpointId, site_id: siteId } of disabled) {
    ctx.log.warn({ endpointId, siteId }, "endpoint disabled: it answered 410 Gone");
  }
  for (const attempt of attempts) if (recorded.has(attempt.delivery.id)) tell(ctx, attempt);
}

function toRecord({ delivery, leasedUntil, result, next, startedAt, endedAt }: Settled): AttemptRecord {
  return {
    deliveryId: delivery.id,
    leasedUntil,
    ...stateAfter(next, endedAt),
    outcome: result.outcome,
    statusCode: result.statusCode,
    error: result.error,
    errorDetail: result.errorDetail,
    responseExcerpt: result.responseExcerpt,
    durationMs: result.durationMs,
    startedAt,
    endedAt,
  };
}

function stateAfter(next: NextAttempt | null, now: Date): Pick<AttemptRecord, "status" | "dueAt"> {
  if (next === null) return { status: "delivered", dueAt: null };
  if (next.state === "dead") return { status: "dead", dueAt: null };
  // What met a 410 waits for its endpoint to be enabled again; a disabled one is not asked.
  return { status: "pending", dueAt: next.state === "retry" ? next.at : now };
}

function toNotice({ endpoint_id: endpointId, url }: LeasedDelivery, at: Date) {
  return { endpointId, url, at };
}

function tell(ctx: Context, { delivery, result, next }: Settled): void {
  const { outcome, statusCode, error, durationMs } = result;
  const dead = next?.state === "dead";
  ctx.metrics.deliveries.inc({ outcome: dead ? "dead" : outcome });
  const line = {
    deliveryId: delivery.id,
    eventId: delivery.event_id,
    endpointId: delivery.endpoint_id,
    attempt: delivery.attempts + 1,
    outcome,
    statusCode,
    error,
    ms: durationMs,
  };
  ctx.log[dead ? "warn" : "debug"](line, dead ? "webhook given up" : "webhook attempt");
}
