import type { BullJobs } from "./bullmq-engine.ts";
import { JOBS } from "./jobs.ts";
import type { JobName } from "./jobs.ts";
import { FAILED_LIMIT_MAX } from "./queue.ts";
import type { FailedJob } from "./queue.ts";

const RETRY_CHUNK_JOBS = 50;

export async function listFailed(queue: BullJobs, limit: number): Promise<FailedJob[]> {
  return (await failedJobs(queue, limit)).map((job) => ({
    jobId: job.id ?? "",
    payload: job.data,
    reason: job.failedReason,
    attempts: job.attemptsMade,
    failedAt: new Date(job.finishedOn ?? job.timestamp),
  }));
}

/**
 * Adds the failed jobs anew, then removes the old ones: killed in between, it doubles jobs but loses none. BullMQ's own
 * retry would leave a job that had stalled too often marked to fail again at once.
 */
export async function retryFailed(
  name: JobName,
  queue: BullJobs,
  jobIds: readonly string[] | "all",
): Promise<number> {
  const wanted = jobIds === "all" ? undefined : new Set(jobIds);
  const jobs = (await failedJobs(queue, FAILED_LIMIT_MAX)).filter(
    (job) =>
      (wanted === undefined || wanted.has(job.id ?? "")) && JOBS[name].payload.safeParse(job.data).success,
  );
  for (let at = 0; at < jobs.length; at += RETRY_CHUNK_JOBS) {
    const chunk = jobs.slice(at, at + RETRY_CHUNK_JOBS);
    await queue.addBulk(chunk.map((job) => ({ name, data: job.data })));
    await Promise.all(chunk.map((job) => job.remove({ removeChildren: false })));
  }
  return jobs.length;
}

async function failedJobs(queue: BullJobs, limit: number) {
  if (limit < 1) return [];
  const found = await queue.getFailed(0, limit - 1);
  // One that another process has just removed comes as undefined.
  return found.filter((job) => Boolean(job));
}
