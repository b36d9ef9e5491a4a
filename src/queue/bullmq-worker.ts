import { UnrecoverableError, Worker as BullWorker } from "bullmq";
import type { IQueueBackend, Job } from "bullmq";
import type { Log } from "../log.ts";
import type { z } from "zod";
import { settlesWithin } from "./deadline.ts";
import type { Connection, Engine } from "./bullmq-engine.ts";
import type { ReportError } from "./throttle-errors.ts";
import { JOBS } from "./jobs.ts";
import type { JobName, JobOptions, JobPayload } from "./jobs.ts";
import { PermanentJobError } from "./queue.ts";
import type { JobHandler, Worker } from "./queue.ts";

type StartWorkerOptions<N extends JobName> = {
  engine: Engine;
  log: Log;
  report: ReportError;
  name: N;
  handler: JobHandler<N>;
  options: JobOptions;
};

type BullJob = Job<unknown, void>;

/** Wait after a failed attempt to fetch: BullMQ alone would try again in the same millisecond. */
const FETCH_RETRY_MS = 500;
/** Longest blocking wait for a job. A wake-up call that got lost costs that much. */
const IDLE_POLL_SECONDS = 5;
/** Time for handlers to end after their signals were aborted. */
const ABORT_GRACE_MS = 1_000;
const REASON_CHARS_MAX = 500;

export function startWorker<N extends JobName>(start: StartWorkerOptions<N>): Worker {
  const { engine, log, report, name, options } = start;
  const running = new Map<string, AbortController>();
  const consumer = engine.openConsumer();
  const worker = new PatientWorker(
    engine.queueName(name),
    async (job: BullJob) => await runJob(start, job, running),
    {
      connection: {},
      concurrency: options.concurrency,
      drainDelay: IDLE_POLL_SECONDS,
      runRetryDelay: FETCH_RETRY_MS,
      lockDuration: options.lockMs,
      stalledInterval: options.stalledIntervalMs,
      maxStalledCount: options.stalledCountMax,
    },
    consumer.open,
  );
  worker.on("error", (error) => report(error, "queue: worker error"));
  worker.on("stalled", (jobId) => log.warn({ job: name, jobId }, "queue: took up a job of a dead worker"));
  worker.on("lockRenewalFailed", (jobIds) => {
    for (const jobId of jobIds) running.get(jobId)?.abort(new Error("another worker may have the job"));
  });
  worker.on("failed", (job, error) => {
    if (!job?.finishedOn) return;
    const { id: jobId, attemptsMade: attempts } = job;
    log.error({ job: name, jobId, attempts, reason: error.message }, "queue: gave up a job");
  });

  let closing: Promise<void> | undefined;
  let isCut = false;
  return {
    async drain(timeoutMs) {
      if (isCut) return false;
      closing ??= worker.close();
      if (await settlesWithin(closing, timeoutMs)) return true;
      for (const controller of running.values()) controller.abort(new Error("the worker is shutting down"));
      if (!(await settlesWithin(closing, ABORT_GRACE_MS))) {
        isCut = true;
        consumer.cut();
        await worker.letGo();
        await settlesWithin(closing, ABORT_GRACE_MS);
      }
      return false;
    },
  };
}

class PatientWorker extends BullWorker<unknown, void, string, IQueueBackend, object, Connection> {
  /** For a worker that cannot close because its backend is away: its timer would keep the process alive for ever. */
  async letGo(): Promise<void> {
    await this.lockManager.close();
  }

  protected override async moveToActive(token: string, name?: string) {
    try {
      return await super.moveToActive(token, name);
    } catch (error) {
      await this.delay(FETCH_RETRY_MS);
      throw error;
    }
  }
}

async function runJob<N extends JobName>(
  { name, handler, options, log }: StartWorkerOptions<N>,
  job: BullJob,
  running: Map<string, AbortController>,
): Promise<void> {
  const jobId = job.id ?? "";
  const attempt = job.attemptsMade + 1;
  const lastAttempt = attempt >= (job.opts.attempts ?? 1);
  const controller = new AbortController();
  const { signal } = controller;
  running.set(jobId, controller);
  const timer = setTimeout(() => {
    controller.abort(new Error(`took longer than ${options.timeoutMs} ms`));
  }, options.timeoutMs);
  try {
    const payload = parsePayload(name, job.data);
    await untilAborted(handler(payload, { jobId, attempt, lastAttempt, signal }), signal);
  } catch (error) {
    log.debug({ job: name, jobId, attempt, err: error }, "queue: a try failed");
    throw asBullError(error);
  } finally {
    clearTimeout(timer);
    if (running.get(jobId) === controller) running.delete(jobId);
  }
}

/** The same, so typed that the name tells the payload. */
const DEFINITIONS: { [N in JobName]: { payload: z.ZodType<JobPayload<N>> } } = JOBS;

function parsePayload<N extends JobName>(name: N, data: unknown): JobPayload<N> {
  const parsed = DEFINITIONS[name].payload.safeParse(data);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new PermanentJobError(`the payload does not parse: ${problems.join("; ")}`);
}

/** Lets go of a handler that does not heed its signal. */
async function untilAborted(handled: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  await Promise.race([handled, aborted]);
}

/** The message is stored with the job, and shown to the operator. */
function asBullError(error: unknown): Error {
  const reason = (error instanceof Error ? error.message : String(error)).slice(0, REASON_CHARS_MAX);
  return error instanceof PermanentJobError ? new UnrecoverableError(reason) : new Error(reason);
}
