import { AppError } from "../errors.ts";
import { JOBS } from "./jobs.ts";
import type { JobName } from "./jobs.ts";
import { DELAY_MS_MAX, JOBS_PER_CALL_MAX } from "./queue.ts";
import type { NewJob } from "./queue.ts";

/** A job as BullMQ takes it. */
export type ParsedJob = { name: JobName; data: unknown; opts: { delay?: number } };

/**
 * Checks jobs before they are handed over, by name. Strict, unlike the worker, which lets pass fields that a newer
 * version may have added: what is no id must not get into a queue.
 * @throws AppError `invalid_input`
 */
export function parseJobs(jobs: readonly NewJob[]): Map<JobName, ParsedJob[]> {
  if (jobs.length > JOBS_PER_CALL_MAX) {
    throw badJob("too_many_jobs", `at most ${JOBS_PER_CALL_MAX} jobs at once`);
  }
  const byName = new Map<JobName, ParsedJob[]>();
  for (const job of jobs) {
    const parsed = parseJob(job);
    const group = byName.get(job.name);
    if (group) group.push(parsed);
    else byName.set(job.name, [parsed]);
  }
  return byName;
}

function parseJob({ name, payload, options }: NewJob): ParsedJob {
  const { success, data, error } = JOBS[name].payload.strict().safeParse(payload);
  if (!success) {
    const fields = error.issues.map(({ path, message }) => ({ path: path.join("."), message }));
    throw badJob("bad_payload", `${name} needs another payload`, fields);
  }
  const delay = options?.delayMs;
  if (delay === undefined) return { name, data, opts: {} };
  if (!Number.isInteger(delay) || delay < 0 || delay > DELAY_MS_MAX) {
    throw badJob("bad_delay", `the delay must be whole milliseconds from 0 to ${DELAY_MS_MAX}`);
  }
  return { name, data, opts: { delay } };
}

function badJob(reason: string, problem: string, fields: { path: string; message: string }[] = []): AppError {
  return new AppError("invalid_input", `The jobs cannot be queued: ${problem}.`, { reason, fields });
}
