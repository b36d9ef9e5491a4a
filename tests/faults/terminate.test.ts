import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { describe, expect, test } from "vitest";
import { BACKENDS } from "../support/backends.ts";
import { countLeases, passTime } from "./support/ledger.ts";
import {
  errorsOf,
  expectNothingLost,
  expectProof,
  ROUNDS,
  strikeUntilProven,
  waitForMore,
} from "./support/scenario.ts";
import { openWorld } from "./support/world.ts";

const TIMEOUT_MS = 240_000;
const WAIT = { timeout: 10_000, interval: 10 };
const SHUTDOWN_TIMEOUT_MS = 8_000;
/** Requests, jobs, queue and database are each given their time. */
const AWAY_END_MS = 25_000;

describe.each(BACKENDS)("SIGTERM (queue on %s)", (backend) => {
  test(
    "at random instants under load: an orderly end in time, and nothing is left half done",
    { timeout: TIMEOUT_MS },
    async () => {
      await using world = await openWorld(`terminate ${backend}`, backend);
      const { random, db } = world;
      const program = await world.createProgram("all", { SHUTDOWN_TIMEOUT_MS: String(SHUTDOWN_TIMEOUT_MS) });
      await program.start();
      const load = world.startLoad(program, { pauseMsMax: 100 });
      const proof = { ends: 0, atWork: 0 };

      await strikeUntilProven(
        async () => {
          await program.start();
          await waitForMore(load, world.programs, 5);
          await sleep(random.between(0, 1_000));
          const { checks, deliveries } = await countLeases(db);
          proof.atWork += load.inFlight + checks + deliveries;
          const started = performance.now();
          program.signal("SIGTERM");
          expect(await program.ended()).toBe(0);
          expect(performance.now() - started).toBeLessThan(SHUTDOWN_TIMEOUT_MS);
          proof.ends += 1;
          expect(await countLeases(db)).toEqual({ checks: 0, deliveries: 0 });
        },
        () => proof.atWork > 0,
        Math.ceil(ROUNDS / 2),
      );

      await program.start();
      await expectNothingLost(world, load);
      expectProof(world, load, proof);
      expect(errorsOf(program)).toEqual([]);
    },
  );

  test(
    "requests that are in flight are answered, new ones find nobody",
    { timeout: TIMEOUT_MS },
    async () => {
      await using world = await openWorld(`terminate-in-flight ${backend}`, backend);
      const program = await world.createProgram("http");
      const worker = await world.createProgram("worker");
      await Promise.all([program.start(), worker.start()]);
      const load = world.startLoad(program, { callers: 8 });
      await waitForMore(load, world.programs);

      await using lock = await lockComments(world.postgres.url);
      // Every caller hangs in the middle of its request.
      await expect.poll(() => load.inFlight, WAIT).toBe(8);
      await expect.poll(() => lock.waiting(), WAIT).toBeGreaterThan(0);
      // Answered behind them: by then all eight are in the server's hands.
      await connects(program.origin);
      const { cut } = load.met;
      const taken = load.acknowledged.length;
      program.signal("SIGTERM");
      await expect.poll(() => connects(program.origin), WAIT).toBe(false);
      expect(load.inFlight).toBe(8);
      await lock.release();
      expect(await program.ended()).toBe(0);
      await expect.poll(() => load.acknowledged.length - taken, WAIT).toBe(8);
      expect(load.met.cut).toBe(cut);

      await program.start();
      await expectNothingLost(world, load);
      expectProof(world, load, { inFlight: 8 });
    },
  );

  test.each(backend === "redis" ? ["Redis", "PostgreSQL"] : ["PostgreSQL"])(
    "while %s is away: the process ends all the same",
    { timeout: TIMEOUT_MS },
    async (victim) => {
      await using world = await openWorld(`terminate-away ${backend} ${victim}`, backend);
      const { db, postgres, redis, random } = world;
      const program = await world.createProgram("all", { SHUTDOWN_TIMEOUT_MS: "2000" });
      await program.start();
      const load = world.startLoad(program, { pauseMsMax: 100 });
      await waitForMore(load, world.programs);
      await (victim === "Redis" ? redis?.kill() : postgres.stop());
      await sleep(random.between(0, 1_000));
      program.signal("SIGTERM");
      const late = sleep(AWAY_END_MS, "still there", { ref: false });
      expect(await Promise.race([program.ended(), late])).toBe(0);

      await (victim === "Redis" ? redis?.start() : postgres.restart());
      await passTime(db);
      await program.start();
      await expectNothingLost(world, load);
      expectProof(world, load, { ends: 1 });
    },
  );
});

/** Keeps every insert waiting until it is released. */
async function lockComments(url: string) {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query("begin; lock table comments in share mode");
  return {
    async waiting() {
      const text = "select count(*)::int as count from pg_locks where not granted";
      return (await client.query<{ count: number }>(text)).rows[0]?.count ?? 0;
    },
    release: () => client.query("commit"),
    [Symbol.asyncDispose]: () => client.end(),
  };
}

async function connects(origin: string): Promise<boolean> {
  const answer = fetch(`${origin}/healthz`, { headers: { Connection: "close" } });
  return answer.then(
    () => true,
    () => false,
  );
}
