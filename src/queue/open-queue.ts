import type { Log } from "../log.ts";
import { openPostgresEngine } from "./bullmq-postgres.ts";
import { openRedisEngine } from "./bullmq-redis.ts";
import { createBullMqQueue } from "./bullmq.ts";
import type { JobOptions } from "./jobs.ts";
import type { Queue } from "./queue.ts";
import { throttleErrors } from "./throttle-errors.ts";

export type OpenQueueOptions = {
  engine:
    | {
        kind: "postgres";
        /** A direct connection or a session-mode pooler: LISTEN does not survive transaction pooling. */
        url: string;
        /** All connections of this queue, 2 or more. */
        connectionsMax?: number;
      }
    | {
        kind: "redis";
        /** See `parseRedisUrl`. */
        url: string;
      };
  log: Log;
  /** Sets instances and tests that share a backend apart: letters, digits and hyphens. */
  prefix?: string;
  /** How long `addBulk` waits for the backend. */
  enqueueTimeoutMs?: number;
  /** In place of what `jobs.ts` says, for every job. */
  jobOptions?: Partial<JobOptions>;
};

const PREFIX = "parley";
const ENQUEUE_TIMEOUT_MS = 2_000;
/** One to listen on; three saturate a small server, as each job takes a round trip or two. */
const CONNECTIONS_MAX = 4;

/**
 * Opens the queue on PostgreSQL, making its tables if need be, or on Redis.
 * @throws AppError `invalid_input` for a Redis URL that cannot be used; `unavailable` when PostgreSQL cannot be reached.
 * A Redis that is away is only logged.
 */
export async function openQueue(options: OpenQueueOptions): Promise<Queue> {
  const { engine, log, prefix = PREFIX, enqueueTimeoutMs = ENQUEUE_TIMEOUT_MS, jobOptions = {} } = options;
  const report = throttleErrors(log);
  const opened =
    engine.kind === "postgres"
      ? await openPostgresEngine({ connectionsMax: CONNECTIONS_MAX, ...engine, prefix, report })
      : await openRedisEngine({ url: engine.url, prefix, enqueueTimeoutMs, log, report });
  return createBullMqQueue(opened, { log, report, enqueueTimeoutMs, jobOptions });
}
