import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { describe, expect, test } from "vitest";
import { findRedis } from "../support/redis.ts";
import {
  errorsOf,
  expectNothingLost,
  expectProof,
  strikeUntilProven,
  waitForMore,
} from "./support/scenario.ts";
import { openWorld, type World } from "./support/world.ts";

const TIMEOUT_MS = 240_000;
const REFUSED = "queue refused work; the sweeper will hand it over";

describe.skipIf(findRedis() === undefined)("Redis that loses everything", () => {
  test(
    "killed, or emptied, at random instants under load: that costs time, never a comment",
    { timeout: TIMEOUT_MS },
    async () => {
      await using world = await openWorld("lose-redis", "redis");
      const { random } = world;
      const http = await world.createProgram("http");
      const worker = await world.createProgram("worker");
      await Promise.all([http.start(), worker.start()]);
      const pids = [http.pid, worker.pid];
      const load = world.startLoad(http);
      const proof = { kills: 0, flushes: 0, flushedJobs: 0, refusals: 0 };

      await strikeUntilProven(
        async (round) => {
          await sleep(random.between(200, 1_200));
          if (round % 2 === 0) {
            proof.flushes += 1;
            proof.flushedJobs += await flush(world);
          } else {
            await world.redis?.kill();
            proof.kills += 1;
            // Readers are to notice neither the outage nor its end.
            await waitForMore(load, world.programs);
            await world.redis?.start();
          }
          proof.refusals = http.lines.filter((line) => line.msg === REFUSED).length;
        },
        () => proof.flushedJobs > 0 && proof.refusals > 0,
      );

      await expectNothingLost(world, load);
      expectProof(world, load, proof);
      expect([http.pid, worker.pid]).toEqual(pids);
      expect(load.met).toEqual({ refused: 0, cut: 0, unavailable: 0 });
      expect([http, worker].flatMap(errorsOf)).toEqual([]);
    },
  );
});

// In one step, so that what is counted is what is lost. `{parley}` is the queue's prefix.
const FLUSH = `
  local jobs = 0
  for _, name in ipairs({ "comment-check", "webhook-deliver" }) do
    for _, list in ipairs({ "wait", "active" }) do
      jobs = jobs + redis.call("LLEN", "{parley}:" .. name .. ":" .. list)
    end
    jobs = jobs + redis.call("ZCARD", "{parley}:" .. name .. ":delayed")
  end
  redis.call("FLUSHALL")
  return jobs`;

/** FLUSHALL; returns the jobs that were there. */
async function flush({ redis }: World): Promise<number> {
  const client = new Redis(redis?.url ?? "");
  try {
    return Number(await client.eval(FLUSH, 0));
  } finally {
    client.disconnect();
  }
}
