import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { BACKENDS } from "../support/backends.ts";
import { killPostgres, POSTGRES_VICTIMS } from "./support/kill-postgres.ts";
import { passTime } from "./support/ledger.ts";
import { expectNothingLost, expectProof, strikeUntilProven, waitForMore } from "./support/scenario.ts";
import { openWorld } from "./support/world.ts";

const TIMEOUT_MS = 240_000;

describe.skipIf(process.platform !== "linux").each(BACKENDS)(
  "kill -9 of PostgreSQL (queue on %s)",
  (backend) => {
    test(
      "at random instants under load: 503 meanwhile, and all goes on by itself",
      { timeout: TIMEOUT_MS },
      async () => {
        await using world = await openWorld(`kill-postgres ${backend}`, backend);
        const { random, db, postgres } = world;
        const http = await world.createProgram("http");
        const worker = await world.createProgram("worker");
        await Promise.all([http.start(), worker.start()]);
        const pids = [http.pid, worker.pid];
        const load = world.startLoad(http);
        const proof = { kills: 0, restarts: 0, unavailable: 0 };

        await strikeUntilProven(
          async (round) => {
            await sleep(random.between(200, 1_200));
            const before = postgres.pid;
            const victim = POSTGRES_VICTIMS[round % POSTGRES_VICTIMS.length] ?? "everything";
            killPostgres(
              before,
              victim,
              (children) => children[random.between(0, children.length - 1)] ?? before,
            );
            proof.kills += 1;
            await waitForMore(load, world.programs);
            proof.restarts += postgres.pid === before ? 0 : 1;
            proof.unavailable = load.met.unavailable;
          },
          () => proof.restarts > 0 && proof.unavailable > 0,
        );

        await load.stop();
        await passTime(db);
        await expectNothingLost(world, load);
        expectProof(world, load, proof);
        expect([http.pid, worker.pid]).toEqual(pids);
        expect(load.met).toMatchObject({ refused: 0, cut: 0 });
      },
    );
  },
);
