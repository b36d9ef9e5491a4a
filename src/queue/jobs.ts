import { z } from "zod";

/** Ids that one job may hold: one claim, one load and one write serve them all. */
export const JOB_IDS_MAX = 50;
const REQUEST_ID_CHARS_MAX = 64;

/** How a queue treats its jobs; see https://docs.bullmq.io for each. */
export type JobOptions = {
  /** Tries in all, the first one included. */
  attempts: number;
  /** Wait before the second try; doubles with each further one. */
  backoffMs: number;
  /** Share of the wait that is random, 0 to 1, so that what failed together does not return together. */
  backoffJitter: number;
  /** Jobs that one worker handles at a time, unless it is told otherwise. */
  concurrency: number;
  /** A try that takes longer is aborted and counts as failed. */
  timeoutMs: number;
  /** A worker that has not renewed its hold on a job for so long is taken for dead. */
  lockMs: number;
  /** How often to look for jobs of dead workers. They are taken up after `lockMs` and up to two intervals. */
  stalledIntervalMs: number;
  /** Times that a job may take its worker with it. */
  stalledCountMax: number;
  /** Failed jobs are kept for the operator, both in number and in age; done ones are removed at once. */
  failedCountMax: number;
  failedAgeSecondsMax: number;
};

// Short backoffs suffice: what a queue gives up on is still owed in PostgreSQL, and swept from there.
const DEFAULT_OPTIONS: JobOptions = {
  attempts: 5,
  backoffMs: 1_000,
  backoffJitter: 0.5,
  concurrency: 4,
  timeoutMs: 60_000,
  lockMs: 30_000,
  stalledIntervalMs: 15_000,
  stalledCountMax: 3,
  failedCountMax: 1_000,
  failedAgeSecondsMax: 7 * 86_400,
};

export const JOB_NAMES = [
  "comment.check",
  "webhook.deliver",
  "campaign.decide",
  "model.learn",
  "comment.consult",
  "external.report",
] as const;
export type JobName = (typeof JOB_NAMES)[number];

/** Carried along so that the log lines of a job name the request that caused it. */
const requestId = z.string().min(1).max(REQUEST_ID_CHARS_MAX).optional();

/**
 * Every job there is. A payload holds ids and nothing else: no personal data, and nothing that a second delivery could
 * make wrong. Jobs outlive deploys, so fields may be added only as optional ones.
 */
export const JOBS = {
  "comment.check": {
    payload: z.object({ ids: z.array(z.uuid()).min(1).max(JOB_IDS_MAX), requestId }),
    options: DEFAULT_OPTIONS,
  },
  "webhook.deliver": {
    payload: z.object({
      ids: z
        .array(z.string().regex(/^[1-9]\d{0,18}$/, "must be a positive bigint"))
        .min(1)
        .max(JOB_IDS_MAX),
      requestId,
    }),
    // Mostly waiting for other people's servers.
    options: { ...DEFAULT_OPTIONS, concurrency: 8, timeoutMs: 120_000 },
  },
  "campaign.decide": {
    payload: z.object({ ids: z.array(z.uuid()).min(1).max(JOB_IDS_MAX), requestId }),
    // Each holds thousands of comments' decisions, and locks them as it goes.
    options: { ...DEFAULT_OPTIONS, concurrency: 1, timeoutMs: 120_000 },
  },
  "model.learn": {
    payload: z.object({ ids: z.array(z.uuid()).min(1).max(JOB_IDS_MAX), requestId }),
    // One at a time: it is work for the processor. A site's model may have to be made anew, in some seconds.
    options: { ...DEFAULT_OPTIONS, concurrency: 1, timeoutMs: 120_000 },
  },
  "comment.consult": {
    payload: z.object({ ids: z.array(z.uuid()).min(1).max(JOB_IDS_MAX), requestId }),
    // Mostly waiting for other people's servers: a job of comments that all wait as long as they may takes two minutes.
    options: { ...DEFAULT_OPTIONS, concurrency: 8, timeoutMs: 180_000 },
  },
  "external.report": {
    payload: z.object({ ids: z.array(z.uuid()).min(1).max(JOB_IDS_MAX), requestId }),
    options: { ...DEFAULT_OPTIONS, concurrency: 2, timeoutMs: 180_000 },
  },
} satisfies Record<JobName, { payload: z.ZodObject; options: JobOptions }>;

export type JobPayload<N extends JobName> = z.output<(typeof JOBS)[N]["payload"]>;
