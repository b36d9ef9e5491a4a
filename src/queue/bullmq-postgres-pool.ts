import {
  assertSchemaCompatibility,
  ConnectionClosedError,
  isPgPool,
  LATEST_SCHEMA_VERSION,
  runMigrations,
  SchemaMigrationRequiredError,
} from "bullmq";
import type { PgPool } from "bullmq";
import { Pool } from "pg";
import { isUnavailable } from "../db/database.ts";
import type { ReportError } from "./throttle-errors.ts";

const SCHEMA = "bullmq";
const CONNECT_TIMEOUT_MS = 3_000;
const QUERY_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_MS = 10_000;

const SESSION = [
  `set search_path to ${SCHEMA}`,
  // Jobs are hints, so no commit need wait for the disk: a crash loses the last fraction of a second of them.
  "set synchronous_commit to off",
  // Autovacuum mostly finds the queue empty, after which the planner would read the whole table for each job however
  // many wait by then: measured 350 jobs/s instead of 2,800.
  "set enable_seqscan to off",
  // What is off costs 10^10, which calls for a compiler.
  "set jit to off",
].join("; ");

/** A pool for BullMQ alone, whose connections stay. */
export function openPool(options: { url: string; connectionsMax: number; report: ReportError }): Pool {
  const reportLost = (error: Error) => {
    // The server may hang up on a connection before it reads that we do.
    if (!pool.ending) options.report(error, "queue: lost a database connection");
  };
  const pool = new Pool({
    connectionString: options.url,
    max: options.connectionsMax,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    // A new connection would have to plan BullMQ's functions first: some 20 ms for the job that waits for it.
    idleTimeoutMillis: 0,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    application_name: "parley-queue",
    onConnect: async (client) => {
      client.setMaxListeners(0);
      // The pool listens only while a connection is idle; one that is lost in use would end the process.
      client.on("error", reportLost);
      await client.query(SESSION);
    },
  });
  pool.on("error", reportLost);
  return pool;
}

/** Migrates only when there is something to do: that takes locks and rights which a mere start should not need. */
export async function prepareSchema(pool: Pool): Promise<void> {
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
export function guardPool(pool: Pool, report: ReportError): PgPool {
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
