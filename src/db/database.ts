import { setTimeout as sleep } from "node:timers/promises";
import { Kysely, PostgresDialect } from "kysely";
import { Pool, type PoolClient, type QueryResultRow } from "pg";
import { AppError } from "../errors.ts";
import { hangUpOnSilence } from "./hang-up.ts";
import type { Tables } from "./tables.ts";

/** One connection pool with both faces: Kysely for queries that vary, named statements for the hot path. */
export type Database = AsyncDisposable & {
  kysely: Kysely<Tables>;
  /** Runs one named (server-side prepared) statement in a transaction of its own, which a deadlock makes it repeat. */
  run<Row>(statement: Statement<Row>, values: unknown[]): Promise<Row[]>;
  /** Runs `work` in a transaction; see {@link Tx}. */
  transaction<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result>;
};

/** An open transaction. No network call to anyone but the database may happen inside. */
export type Tx = {
  /**
   * Statements take effect in the order in which they are given. Those that do not need each other's answers may be given at once:
   * they travel together, and when one fails, so do those behind it.
   */
  run<Row>(statement: Statement<Row>, values: unknown[]): Promise<Row[]>;
  /**
   * Runs a statement last, together with the commit: for rows that everybody waits for, so that they are locked for no longer than
   * the commit takes. Its failure is the transaction's.
   */
  atCommit(statement: Statement<unknown>, values: unknown[]): void;
  /** Called once the transaction is committed; never when it was rolled back. Must not throw. */
  onCommit(callback: () => void): void;
};

/** A prepared statement. The phantom `row` types what comes back. */
export type Statement<Row> = { name: string; text: string; row?: Row };

/** Names a statement; `name` must be unique in the program (PostgreSQL prepares it once per connection). */
export function statement<Row = never>(name: string, text: string): Statement<Row> {
  return { name, text };
}

export type DatabaseOptions = {
  url: string;
  poolMax: number;
  /** Milliseconds a statement may take before PostgreSQL cancels it. */
  statementTimeoutMs?: number;
  onError: (error: Error) => void;
};

const CONNECT_TIMEOUT_MS = 3_000;
const STATEMENT_TIMEOUT_MS = 15_000;
/** A server that has not even cancelled a statement this long after its time limit hangs. */
const SILENCE_BEYOND_MS = 5_000;

/**
 * Statements here find their rows by an index. Left to itself the planner reads all of a table that was small or not analysed
 * when it made the plan, and a connection keeps that plan while the table grows: in an installation's first minutes, or after
 * an import, each comment would cost more than the one before. It may still read all of an index: the statements for each
 * comment look rows up one by one (`offset 0`). Where there is no index a table is read as ever, at what counts as an enormous cost
 * before PostgreSQL 18: code compiled for its sake would take longer than the statement.
 */
const SETTINGS = "set enable_seqscan to off; set jit to off";

// Deadlock and serialization failure: nothing was done, so the whole transaction may be tried again.
const RETRYABLE = new Set(["40P01", "40001"]);
// Deadlock, serialization failure, lock not available, idle in transaction.
const BUSY = new Set([...RETRYABLE, "55P03", "25P03"]);
const TRANSACTION_ATTEMPTS_MAX = 4;
const RETRY_WAIT_MS = 10;

export function openDatabase(options: DatabaseOptions): Database {
  const { statementTimeoutMs = STATEMENT_TIMEOUT_MS } = options;
  const pool = new Pool({
    connectionString: options.url,
    max: options.poolMax,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    // Statements are sent as they are given, and answered in that order.
    pipeline: true,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: 30_000,
    application_name: "parley",
  });
  pool.on("error", (error) => {
    // The server may hang up on a connection before it reads that we do.
    if (!pool.ending) options.onError(error);
  });
  // The pool listens only while a connection is idle. In use its loss fails the query, and must not end the process.
  pool.on("connect", (client) => {
    client.on("error", () => undefined);
    // Travels in front of the first statement, which fails by itself where the connection is lost. Not as `options` at start: poolers
    // refuse those, and they take the place of what the operator gives in the URL or in PGOPTIONS.
    client.query(SETTINGS).catch(() => undefined);
  });
  const watch = hangUpOnSilence(pool, statementTimeoutMs + SILENCE_BEYOND_MS);
  const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return {
    kysely,
    run: (statement, values) => withRetry(() => runOn(pool, statement, values)),
    transaction: (work) => withRetry(() => transactionOnce(pool, work)),
    async [Symbol.asyncDispose]() {
      watch[Symbol.dispose]();
      await kysely.destroy();
      // Kysely only ends a pool that it has used itself.
      if (!pool.ended) await pool.end();
    },
  };
}

type Queryable = { query: Pool["query"] };

async function runOn<Row>(on: Queryable, statement: Statement<Row>, values: unknown[]): Promise<Row[]> {
  try {
    const result = await on.query<Row & QueryResultRow>({
      name: statement.name,
      text: statement.text,
      values,
    });
    return result.rows;
  } catch (error) {
    throw asAppError(error);
  }
}

async function withRetry<Result>(transaction: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await transaction();
    } catch (error) {
      if (attempt >= TRANSACTION_ATTEMPTS_MAX || !RETRYABLE.has(pgCode(error))) throw error;
      // Whoever waited for our locks must get them first, or we meet again.
      await sleep(attempt * RETRY_WAIT_MS * (1 + Math.random()));
    }
  }
}

async function transactionOnce<Result>(pool: Pool, work: (tx: Tx) => Promise<Result>): Promise<Result> {
  const client = await connect(pool);
  const callbacks: (() => void)[] = [];
  const last: (() => Promise<unknown>)[] = [];
  let broken: Error | undefined;
  try {
    await client.query("begin");
    const result = await work({
      run: (statement, values) => runOn(client, statement, values),
      atCommit: (statement, values) => last.push(() => runOn(client, statement, values)),
      onCommit: (callback) => callbacks.push(callback),
    });
    // A commit behind a statement that failed rolls back.
    await Promise.all([...last.map((run) => run()), client.query("commit")]);
    for (const callback of callbacks) callback();
    return result;
  } catch (error) {
    await client.query("rollback").catch((rollbackError: Error) => {
      broken = rollbackError;
    });
    throw asAppError(error);
  } finally {
    client.release(broken);
  }
}

async function connect(pool: Pool): Promise<PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw asAppError(error);
  }
}

// NUL in a text, by itself and in JSON: schemas take it out where they can.
const NOT_STORABLE = new Set(["22021", "22P05"]);

/** A database that is away is `unavailable`, not an unknown error; everything else passes as it is. */
function asAppError(error: unknown): unknown {
  if (error instanceof AppError) return error;
  if (NOT_STORABLE.has(pgCode(error))) {
    return new AppError("invalid_input", "A text contains a character that cannot be stored.", {
      cause: error,
    });
  }
  if (!isUnavailable(error)) return error;
  return new AppError("unavailable", "The store cannot be reached just now. Nothing was changed.", {
    reason: "store_unavailable",
    retryAfterSeconds: 5,
    cause: error,
  });
}

/**
 * Class 08 connection, 53 resources, 57 operator intervention (shutdown, cancelled for its time limit), locks and deadlocks that
 * were not had in time; and the sockets' own errors.
 */
export function isUnavailable(error: unknown): boolean {
  const code = pgCode(error);
  if (/^(08|53|57)/.test(code) || BUSY.has(code)) return true;
  if (/^E(CONN|PIPE|TIMEDOUT|NOENT|HOST|NET|ACCES)/.test(code)) return true;
  const message = error instanceof Error ? error.message : "";
  return /Connection terminated|not queryable|timeout exceeded when trying to connect|Query read timeout|connection timeout/i.test(
    message,
  );
}

function pgCode(error: unknown): string {
  if (error instanceof AppError) return pgCode(error.cause);
  if (error === null || typeof error !== "object" || !("code" in error)) return "";
  return typeof error.code === "string" ? error.code : "";
}
