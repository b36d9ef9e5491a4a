import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "../log.ts";
import { JOB_IDS_MAX, type JobName } from "./jobs.ts";
import { JOBS_PER_CALL_MAX, type NewJob, type Queue } from "./queue.ts";

/** Hands ids of committed work to the queue. Returns at once; what the queue refuses, the sweeper hands over later. */
export type Dispatch = (job: JobName, ids: string[], requestId?: string) => void;

/** A hand-over this soon after one of several ids is load, not rest. */
const BUSY_WINDOW_MS = 40;
const BUSY_IDS_MIN = 4;
const GATHER_MS = 25;

export type Dispatcher = AsyncDisposable & { dispatch: Dispatch };

/**
 * Coalesces: while one bulk is on its way everything else gathers, so that under load a few large calls replace many
 * small ones (a single add on PostgreSQL costs as much as a bulk of fifty), and at rest nothing waits.
 */
export function createDispatcher(queue: Queue, log: Log): Dispatcher {
  let last = { sentMs: Number.NEGATIVE_INFINITY, ids: 0 };
  let waiting = new Map<JobName, { ids: string[]; requestId: string | undefined }>();
  let sending: Promise<void> | undefined;

  const drain = async () => {
    // At rest nothing waits but for the rest of this turn of the event loop. Under load a few milliseconds gather what would
    // otherwise be a job for every comment: a check of fifty costs little more than one of three.
    const busy = last.ids >= BUSY_IDS_MIN && performance.now() - last.sentMs < BUSY_WINDOW_MS;
    await (busy ? sleep(GATHER_MS) : new Promise<void>((resolve) => setImmediate(resolve)));
    last = { sentMs: performance.now(), ids: 0 };
    while (waiting.size > 0) {
      const batches = waiting;
      waiting = new Map();
      for (const [name, { ids, requestId }] of batches) {
        last.ids += ids.length;
        await handOver(queue, name, ids, requestId).catch((error: unknown) => {
          log.warn({ err: error, ids: ids.length }, "queue refused work; the sweeper will hand it over");
        });
      }
    }
    // In the same turn as the last look at `waiting`, so that nothing falls between.
    sending = undefined;
  };

  return {
    dispatch(job, ids, requestId) {
      const batch = waiting.get(job);
      if (batch) batch.ids.push(...ids);
      else waiting.set(job, { ids: [...ids], requestId });
      sending ??= drain();
    },
    async [Symbol.asyncDispose]() {
      await sending;
    },
  };
}

/** Hands ids over in as few calls as the queue allows. @throws AppError `unavailable`; some of it may have arrived. */
export async function handOver(
  queue: Queue,
  name: JobName,
  ids: string[],
  requestId?: string,
): Promise<void> {
  const jobs: NewJob[] = [];
  for (let at = 0; at < ids.length; at += JOB_IDS_MAX) {
    const payload = {
      ids: ids.slice(at, at + JOB_IDS_MAX),
      ...(requestId === undefined ? {} : { requestId }),
    };
    jobs.push({ name, payload });
  }
  for (let at = 0; at < jobs.length; at += JOBS_PER_CALL_MAX) {
    await queue.addBulk(jobs.slice(at, at + JOBS_PER_CALL_MAX));
  }
}
