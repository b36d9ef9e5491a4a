import { Queue as BullQueue } from "bullmq";
import { AppError } from "../errors.ts";
import type { Log } from "../log.ts";
import { settlesWithin, withDeadline } from "./deadline.ts";
import type { BullJobs, Engine } from "./bullmq-engine.ts";
import { listFailed, retryFailed } from "./bullmq-failed.ts";
import type { ReportError } from "./throttle-errors.ts";
import { parseJobs } from "./bullmq-parse.ts";
import type { ParsedJob } from "./bullmq-parse.ts";
import { startWorker } from "./bullmq-worker.ts";
import { JOB_NAMES, JOBS } from "./jobs.ts";
import type { JobName, JobOptions } from "./jobs.ts";
import { FAILED_LIMIT_MAX, JOBS_PENDING_MAX } from "./queue.ts";
import type { JobCounts, Queue, Worker } from "./queue.ts";

type BullMqOptions = {
  log: Log;
  report: ReportError;
  enqueueTimeoutMs: number;
  /** In place of what `jobs.ts` says, for every job. */
  jobOptions: Partial<JobOptions>;
};

const CLOSE_TIMEOUT_MS = 5_000;
const READ_TIMEOUT_MS = 10_000;
/** Entries of BullMQ's event stream, which nothing here reads. */
const EVENTS_MAX = 100;

/** The contract of `queue.ts` upon either engine. Takes the engine over: it is closed with the queue. */
export function createBullMqQueue(engine: Engine, options: BullMqOptions): Queue {
  const { log, report } = options;
  const queues = new Map(JOB_NAMES.map((name) => [name, openBullQueue(engine, name, options.jobOptions)]));
  for (const queue of queues.values()) queue.on("error", (error) => report(error, "queue: backend error"));
  const workers = new Set<Worker>();
  let pendingJobs = 0;
  let closed = false;

  const queueOf = (name: JobName): BullJobs => {
    const queue = queues.get(name);
    if (!queue || closed) throw unavailable("queue_closed");
    return queue;
  };

  const enqueue = async (name: JobName, jobs: ParsedJob[]): Promise<void> => {
    await queueOf(name).addBulk(jobs);
  };

  const addBulk: Queue["addBulk"] = async (jobs) => {
    const byName = parseJobs(jobs);
    if (pendingJobs + jobs.length > JOBS_PENDING_MAX) throw unavailable("queue_full");
    pendingJobs += jobs.length;
    // Counted until the backend has answered, not until the caller has given up: that is what takes memory.
    const added = Promise.all([...byName].map(([name, group]) => enqueue(name, group))).finally(() => {
      pendingJobs -= jobs.length;
    });
    await orUnavailable(added, options.enqueueTimeoutMs);
  };

  const counts = async (name: JobName): Promise<JobCounts> => {
    const queue = queueOf(name);
    const [found, oldestAt] = await orUnavailable(
      Promise.all([queue.getJobCounts("wait", "active", "delayed", "failed"), engine.oldestWaitingAt(queue)]),
      READ_TIMEOUT_MS,
    );
    const { wait = 0, active = 0, delayed = 0, failed = 0 } = found;
    const oldestWaitingMs = oldestAt === null ? null : Math.max(0, Date.now() - oldestAt);
    return { waiting: wait, active, delayed, failed, oldestWaitingMs };
  };

  return {
    backend: engine.backend,
    addBulk,
    counts,
    work(name, handler, { concurrency } = {}) {
      queueOf(name);
      const jobOptions = { ...optionsOf(name, options.jobOptions), ...(concurrency && { concurrency }) };
      const worker = startWorker({ engine, log, report, name, handler, options: jobOptions });
      workers.add(worker);
      return worker;
    },
    failed: async (name, { limit }) =>
      await orUnavailable(listFailed(queueOf(name), Math.min(limit, FAILED_LIMIT_MAX)), READ_TIMEOUT_MS),
    retryFailed: async (name, jobIds) =>
      await orUnavailable(retryFailed(name, queueOf(name), jobIds), READ_TIMEOUT_MS),
    ping: async (timeoutMs) => {
      if (closed) return false;
      const answer = engine.ping().then(
        () => true,
        () => false,
      );
      return await withDeadline(answer, timeoutMs, () => new Error("late")).catch(() => false);
    },
    async [Symbol.asyncDispose]() {
      if (closed) return;
      closed = true;
      await Promise.all([...workers].map((worker) => worker.drain(CLOSE_TIMEOUT_MS)));
      const closing = [...queues.values()].map((queue) => queue.close());
      await settlesWithin(Promise.all(closing), CLOSE_TIMEOUT_MS);
      await engine.close(CLOSE_TIMEOUT_MS);
    },
  };
}

function openBullQueue(engine: Engine, name: JobName, overrides: Partial<JobOptions>): BullJobs {
  const { attempts, backoffMs, backoffJitter, failedAgeSecondsMax, failedCountMax } = optionsOf(
    name,
    overrides,
  );
  return new BullQueue(
    engine.queueName(name),
    {
      connection: {},
      streams: { events: { maxLen: EVENTS_MAX } },
      defaultJobOptions: {
        attempts,
        backoff: { type: "exponential", delay: backoffMs, jitter: backoffJitter },
        removeOnComplete: true,
        removeOnFail: { age: failedAgeSecondsMax, count: failedCountMax },
        // The log has the stack; the queue is no place for what an error may quote.
        stackTraceLimit: 0,
      },
    },
    engine.openProducer,
  );
}

function optionsOf(name: JobName, overrides: Partial<JobOptions>): JobOptions {
  return { ...JOBS[name].options, ...overrides };
}

async function orUnavailable<T>(promise: Promise<T>, timeoutMs: number): Promise<T> {
  try {
    return await withDeadline(promise, timeoutMs, () => new Error(`no answer within ${timeoutMs} ms`));
  } catch (error) {
    throw error instanceof AppError ? error : unavailable("queue_unavailable", error);
  }
}

function unavailable(reason: string, cause?: unknown): AppError {
  return new AppError("unavailable", "The job queue cannot be reached just now.", {
    reason,
    retryAfterSeconds: 5,
    ...(cause !== undefined && { cause }),
  });
}
