import {
  assertSchemaCompatibility,
  ConnectionClosedError,
  isPgPool,
  LATEST_SCHEMA_VERSION,
  PostgresConnection,
  PostgresQueueBackend,
  runMigrations,
  SchemaMigrationRequiredError,
} from "bullmq";
import type { PgPool } from "bullmq";
import { Pool } from "pg";
import { isUnavailable } from "../db/database.ts";
import { AppError } from "../errors.ts";
import type { Log } from "../log.ts";
import type { Consumer, Engine, Open } from "./bullmq-engine.ts";
import { throttleErrors } from "./throttle-errors.ts";
import type { ReportError } from "./throttle-errors.ts";
import { settlesWithin } from "./deadline.ts";

export type PostgresEngineOptions = {
  url: string;
  /** Queues of another prefix share the tables, not the jobs. */
  prefix: string;
  /** All connections of this queue; the workers of a process listen on one of them together. */
  connectionsMax: number;
  log: Log;
};

const SCHEMA = "bullmq";
const CONNECT_TIMEOUT_MS = 3_000;
const QUERY_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_MS = 10_000;

// Jobs are hints, so no commit need wait for the disk: a crash loses at most the last fraction of a second of them.
// And autovacuum mostly finds the queue empty, after which the planner would scan the table for every job, however many
// wait by then: measured 350 jobs/s instead of 2,800.
const SESSION = `set search_path to ${SCHEMA}; set synchronous_commit to off; set enable_seqscan to off`;

/** @throws AppError `unavailable` when PostgreSQL cannot be reached or the queue's tables cannot be made. */
export async function openPostgresEngine(options: PostgresEngineOptions): Promise<Engine> {
  const report = throttleErrors(options.log);
  const pool = openPool(options, report);
  try {
    await prepareSchema(pool);
  } catch (error) {
    await pool.end();
    const message = "The job queue's tables cannot be reached or made.";
    throw new AppError("unavailable", message, { reason: "queue_unavailable", cause: error });
  }
  const connection = new SharedConnection(guard(pool, report));
  // One set of listeners per queue and worker.
  connection.setMaxListeners(0);
  const open: Open = (name, queueOptions) =>
    new Backend(connection, name, { ...queueOptions, connection: connection.pool });
  const consumer: Consumer = { open, cut: () => undefined };

  return {
    backend: "postgres",
    openProducer: open,
    openConsumer: () => consumer,
    queueName: (jobName) => `${options.prefix}-${jobName.replaceAll(".", "-")}`,
    oldestWaitingAt: (queue) => oldestWaitingAt(pool, queue.name),
    ping: () => pool.query("select 1"),
    async close(timeoutMs) {
      await settlesWithin(
        connection.end().then(() => pool.end()),
        timeoutMs,
      );
    },
  };
}

function openPool({ url, connectionsMax }: PostgresEngineOptions, report: ReportError): Pool {
  const pool = new Pool({
    connectionString: url,
    max: connectionsMax,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    // A new connection would have to plan BullMQ's functions first: some 20 ms for the job that waits for it.
    idleTimeoutMillis: 0,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    application_name: "parley-queue",
    onConnect: async (client) => {
      client.setMaxListeners(0);
      await client.query(SESSION);
    },
  });
  pool.on("error", (error) => report(error, "queue: lost a database connection"));
  return pool;
}

/** Migrates only when there is something to do: that takes locks and rights which a mere start should not need. */
async function prepareSchema(pool: Pool): Promise<void> {
  const client = await pool.connect();
  let failure: Error | undefined;
  try {
    const version = await assertSchemaCompatibility(client, SCHEMA).catch((error: unknown) => {
      if (error instanceof SchemaMigrationRequiredError) return 0;
      throw error;
    });
    if (version < LATEST_SCHEMA_VERSION) {
      // The tables, unlike the jobs, must outlast a crash.
      await client.query("set synchronous_commit to on");
      await runMigrations(client, SCHEMA);
      await client.query(SESSION);
    }
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    client.release(failure);
  }
}

/** The pool as BullMQ sees it: a database that is away is a lost connection, after which a worker waits and goes on. */
function guard(pool: Pool, report: ReportError): PgPool {
  const guarded = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      report(error, "queue: the database is away");
      throw new ConnectionClosedError(undefined, error);
    }
  };
  const plain = asPgPool(pool);
  const facade: PgPool = {
    query: async <R>(text: string, params?: readonly unknown[]) =>
      await guarded(plain.query<R>(text, params)),
    connect: async () => await guarded(plain.connect()),
    end: async () => await plain.end(),
    // Its errors are reported already.
    on: () => facade,
    removeAllListeners: () => facade,
  };
  return facade;
}

/** The types of `pg` and BullMQ differ in how they overload `on`. */
function asPgPool(pool: unknown): PgPool {
  if (!isPgPool(pool)) throw new TypeError("this is no pg.Pool");
  return pool;
}

/**
 * One connection pool and one LISTEN connection for all queues and workers of the process. BullMQ's own would take a
 * LISTEN connection per worker, and would stay broken when the database is away at the moment of its first use.
 */
class SharedConnection extends PostgresConnection {
  override async waitUntilReady(): Promise<void> {
    // `prepareSchema` has seen to it.
  }

  override async close(): Promise<void> {
    // One backend less; the others go on. See `end`.
  }

  async end(): Promise<void> {
    await super.close();
  }
}

class Backend extends PostgresQueueBackend {
  /** BullMQ would wait up to an hour after an error, trusting in NOTIFY alone. */
  override get maximumBlockTimeout(): number {
    return 10;
  }

  /**
   * What inserts flows takes independent jobs as well, and without the two temporary tables that BullMQ makes for each
   * bulk: measured 1 ms instead of 3.4 for one job, 21,000 jobs/s instead of 13,000 in fifties.
   */
  override async addJobs(entries: Parameters<PostgresQueueBackend["addJobs"]>[0]): Promise<string[]> {
    const nodes = entries.map(({ job, jobId }) => {
      return { jobData: job, jobId, parentKeyOpts: {}, prefix: "", queueName: this.queueName };
    });
    const results = await this.addFlow(nodes);
    return results.map(([error, id]) => {
      if (error) throw error;
      return String(id);
    });
  }
}

// BullMQ's own getter returns the newest of the waiting jobs on PostgreSQL when asked for the oldest.
async function oldestWaitingAt(pool: Pool, queueName: string): Promise<number | null> {
  const { rows } = await pool.query<{ added_at_ms: string }>(
    "select added_at_ms from job where queue = $1 and state = 'waiting' order by priority, seq limit 1",
    [queueName],
  );
  return rows[0] ? Number(rows[0].added_at_ms) : null;
}
