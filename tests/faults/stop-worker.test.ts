import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { type Database, statement } from "../../src/db/database.ts";
import { BACKENDS } from "../support/backends.ts";
import { passTime } from "./support/ledger.ts";
import type { Program } from "./support/program.ts";
import { errorsOf, expectNothingLost, expectProof, ROUNDS, strikeUntilProven } from "./support/scenario.ts";
import { openWorld } from "./support/world.ts";

const TIMEOUT_MS = 240_000;
const WAIT = { timeout: 20_000, interval: 20 };
const STOP_TRIES_MAX = 200;

const LEASED = statement<{ key: string }>(
  "faults.leased",
  "select key from outbox where leased_until > now()",
);
const STILL_OWED = statement<{ key: string }>(
  "faults.still-owed",
  "select key from outbox where key = any($1::uuid[])",
);
// A stopped process in the middle of a transaction holds row locks, for which the other would wait.
const IN_TRANSACTION = statement<{ count: number }>(
  "faults.in-transaction",
  "select count(*)::int as count from pg_stat_activity where application_name = $1 and state <> 'idle'",
);
/** By which the connections of the worker that is stopped are known. */
const FIRST = "parley-first-worker";

describe.each(BACKENDS)("a worker that is stopped for longer than its leases (queue on %s)", (backend) => {
  test("finds its comments decided by another, and changes nothing", { timeout: TIMEOUT_MS }, async () => {
    await using world = await openWorld(`stop-worker ${backend}`, backend);
    const { random, db } = world;
    const http = await world.createProgram("http");
    const url = new URL(world.postgres.url);
    url.searchParams.set("application_name", FIRST);
    const first = await world.createProgram("worker", { DATABASE_URL: url.href });
    const second = await world.createProgram("worker");
    await Promise.all([http.start(), first.start()]);
    const load = world.startLoad(http);
    const proof = { stops: 0, takenOver: 0 };

    await strikeUntilProven(
      async () => {
        await sleep(random.between(100, 500));
        const keys = await stopAtWork(first, db);
        await passTime(db);
        await second.start();
        await expect.poll(() => db.run(STILL_OWED, [keys]), WAIT).toEqual([]);
        proof.stops += 1;
        proof.takenOver += keys.length;
        first.signal("SIGCONT");
        await second.kill();
        await passTime(db);
      },
      () => proof.takenOver > 0,
      Math.ceil(ROUNDS / 2),
    );

    await expectNothingLost(world, load);
    expectProof(world, load, proof);
    expect(load.met).toEqual({ refused: 0, cut: 0, unavailable: 0 });
    // Not even an attempt at a second decision, which would break a unique index.
    expect([http, first, second].flatMap(errorsOf)).toEqual([]);
    expect(first.lines.filter((line) => line.msg.startsWith("batch failed"))).toEqual([]);
  });
});

/** Stops the only worker while it holds comments and no locks; returns the comments. */
async function stopAtWork(worker: Program, db: Database): Promise<string[]> {
  for (let tries = 1; tries <= STOP_TRIES_MAX; tries += 1) {
    worker.signal("SIGSTOP");
    // What it has sent to the database is carried out nevertheless.
    await sleep(20);
    const [leased, [active]] = await Promise.all([db.run(LEASED, []), db.run(IN_TRANSACTION, [FIRST])]);
    if (leased.length > 0 && active?.count === 0) return leased.map((row) => row.key);
    worker.signal("SIGCONT");
    await sleep(5);
  }
  throw new Error("The worker was never met at work.");
}
