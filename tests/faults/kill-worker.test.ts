import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { BACKENDS } from "../support/backends.ts";
import { countRepeats } from "./support/hooks.ts";
import { countLeases, passTime } from "./support/ledger.ts";
import { errorsOf, expectNothingLost, expectProof, strikeUntilProven } from "./support/scenario.ts";
import { openWorld } from "./support/world.ts";

const TIMEOUT_MS = 240_000;

describe.each(BACKENDS)("kill -9 of the worker (queue on %s)", (backend) => {
  test(
    "at random instants under load: readers notice nothing, and all is done once",
    { timeout: TIMEOUT_MS },
    async () => {
      await using world = await openWorld(`kill-worker ${backend}`, backend);
      const { random, db, hooks } = world;
      const http = await world.createProgram("http");
      const worker = await world.createProgram("worker");
      await Promise.all([http.start(), worker.start()]);
      const load = world.startLoad(http);
      const proof = { kills: 0, orphanedChecks: 0, orphanedDeliveries: 0 };
      const isProven = () => proof.orphanedChecks > 0 && proof.orphanedDeliveries > 0;

      await strikeUntilProven(async () => {
        await worker.start();
        await sleep(random.between(200, 1_200));
        await worker.kill();
        proof.kills += 1;
        const leases = await countLeases(db);
        proof.orphanedChecks += leases.checks;
        proof.orphanedDeliveries += leases.deliveries;
        await passTime(db);
      }, isProven);

      await worker.start();
      await expectNothingLost(world, load);
      expectProof(world, load, { ...proof, repeats: countRepeats(hooks) });
      expect(load.met).toEqual({ refused: 0, cut: 0, unavailable: 0 });
      expect([http, worker].flatMap(errorsOf)).toEqual([]);
    },
  );
});
