import type { JobName, JobPayload } from "./jobs.ts";

export type QueueBackend = "postgres" | "redis";

/**
 * Delivery of hints that there is work: ids of rows whose truth is in PostgreSQL. A job may come twice, late or never;
 * handlers claim by compare-and-set, and a sweeper hands over again what is still owed. Disposing of it drains its workers.
 */
export type Queue = AsyncDisposable & {
  readonly backend: QueueBackend;
  /**
   * Hands over jobs, at most {@link JOBS_PER_CALL_MAX}. When it throws, any part of them may nevertheless arrive.
   * @throws AppError `invalid_input` for a payload or delay that does not parse (none is handed over); `unavailable`
   * when the backend does not confirm in time, or when too much is on its way already.
   */
  addBulk(jobs: readonly NewJob[]): Promise<void>;
  /**
   * Starts handling jobs of this name, beside other workers of it in this and other processes; `concurrency` at a time, if
   * given. @throws AppError `unavailable` once the queue is closed.
   */
  work<N extends JobName>(name: N, handler: JobHandler<N>, options?: { concurrency?: number }): Worker;
  /** @throws AppError `unavailable` */
  counts(name: JobName): Promise<JobCounts>;
  /** Jobs that were given up, latest first. @throws AppError `unavailable` */
  failed(name: JobName, options: { limit: number }): Promise<FailedJob[]>;
  /**
   * Hands failed jobs over again as new ones with all their attempts, and forgets the failed ones. Ids that are not there
   * and payloads that do not parse are left out. Returns how many were handed over. @throws AppError `unavailable`
   */
  retryFailed(name: JobName, jobIds: readonly string[] | "all"): Promise<number>;
  /** Whether the backend answers within the time. Never throws. */
  ping(timeoutMs: number): Promise<boolean>;
};

export const JOBS_PER_CALL_MAX = 1_000;
/** Jobs whose hand-over is not confirmed yet, over all callers. */
export const JOBS_PENDING_MAX = 10_000;
export const DELAY_MS_MAX = 7 * 86_400_000;
export const FAILED_LIMIT_MAX = 1_000;

export type NewJob<N extends JobName = JobName> = {
  [Name in N]: { name: Name; payload: JobPayload<Name>; options?: { delayMs?: number } };
}[N];

/**
 * Resolves: the job is done. Throws: it is tried again with backoff, {@link PermanentJobError} excepted, and is among the
 * failed ones once its attempts are used up.
 */
export type JobHandler<N extends JobName> = (payload: JobPayload<N>, meta: JobMeta) => Promise<void>;

export type JobMeta = {
  /** Unique within the job's name. */
  jobId: string;
  /** 1 for the first try. */
  attempt: number;
  /** No further try follows this one. */
  lastAttempt: boolean;
  /** Aborted when the try takes too long, when another worker took the job over, and when draining takes too long. */
  signal: AbortSignal;
};

export type Worker = {
  /**
   * Takes no further job, waits for those in hand and closes. Past `timeoutMs` it aborts their signals and returns soon
   * after; other workers take up what was not finished. Tells whether everything in hand was finished.
   */
  drain(timeoutMs: number): Promise<boolean>;
};

export type JobCounts = {
  waiting: number;
  active: number;
  /** Not due yet: added with a delay, or between two tries. */
  delayed: number;
  failed: number;
  /** Age of the job next in line, null when none waits. */
  oldestWaitingMs: number | null;
};

export type FailedJob = {
  jobId: string;
  /** As it was stored; it may be what did not parse. */
  payload: unknown;
  reason: string;
  /** Tries made. */
  attempts: number;
  failedAt: Date;
};

/** Thrown by a handler for what no further try can mend. */
export class PermanentJobError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "PermanentJobError";
  }
}
