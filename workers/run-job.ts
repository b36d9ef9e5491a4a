import type { Context } from "../src/context.ts";
import { AppError } from "../src/errors.ts";
import type { JobName, JobPayload } from "../src/queue/jobs.ts";
import { type JobMeta, PermanentJobError } from "../src/queue/queue.ts";

export type JobHandler<Name extends JobName> = (
  ctx: Context,
  payload: JobPayload<Name>,
  meta: JobMeta,
) => Promise<void>;

/**
 * Runs one job with its own log line and metrics, and says what a failure means to the queue: `unavailable` and unknown errors
 * are retried with backoff, every other refusal of the domain would be the same next time and is permanent.
 */
export async function runJob<Name extends JobName>(
  ctx: Context,
  job: { name: Name; payload: JobPayload<Name>; meta: JobMeta; handler: JobHandler<Name> },
): Promise<void> {
  const { name, payload, meta, handler } = job;
  const log = ctx.log.child({ job: name, jobId: meta.jobId, requestId: payload.requestId });
  const started = performance.now();
  try {
    await handler({ ...ctx, log }, payload, meta);
    ctx.metrics.jobs.inc({ job: name, outcome: "done" });
    log.debug({ ids: payload.ids.length, ms: Math.round(performance.now() - started) }, "job done");
  } catch (error) {
    const permanent = error instanceof AppError && error.code !== "unavailable";
    ctx.metrics.jobs.inc({ job: name, outcome: permanent ? "failed" : "retried" });
    log.warn({ err: error, attempt: meta.attempt, permanent }, "job failed");
    if (permanent) throw new PermanentJobError(error.message);
    throw error;
  }
}
