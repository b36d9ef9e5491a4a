import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { BACKENDS } from "../support/backends.ts";
import { countRepeats } from "./support/hooks.ts";
import { countLeases, passTime } from "./support/ledger.ts";
import { errorsOf, expectNothingLost, expectProof, strikeUntilProven } from "./support/scenario.ts";
import { openWorld } from "./support/world.ts";

const TIMEOUT_MS = 240_000;
/** Every so manieth kill comes while the program is still starting. */
const STARTING_EVERY = 4;

describe.each(BACKENDS)("kill -9 of the whole program (queue on %s)", (backend) => {
  test(
    "at random instants under load: every comment taken gets its one decision, and all is told",
    { timeout: TIMEOUT_MS },
    async () => {
      await using world = await openWorld(`kill-program ${backend}`, backend);
      const { random, db, hooks } = world;
      const program = await world.createProgram("all");
      const load = world.startLoad(program, { pauseMsMax: 100 });
      const proof = { kills: 0, unanswered: 0, orphanedChecks: 0, orphanedDeliveries: 0 };
      const isProven = () => proof.unanswered > 0 && proof.orphanedChecks > 0 && proof.orphanedDeliveries > 0;

      await strikeUntilProven(async (round) => {
        program.spawn();
        if (round % STARTING_EVERY === 0) await sleep(random.between(0, 1_000));
        else {
          await program.start();
          await sleep(random.between(300, 2_000));
        }
        const { inFlight } = load;
        const { cut } = load.met;
        await program.kill();
        proof.kills += 1;
        await sleep(20);
        proof.unanswered += Math.min(inFlight, load.met.cut - cut);
        const leases = await countLeases(db);
        proof.orphanedChecks += leases.checks;
        proof.orphanedDeliveries += leases.deliveries;
        await passTime(db);
      }, isProven);

      await program.start();
      await expectNothingLost(world, load);
      expectProof(world, load, { ...proof, repeats: countRepeats(hooks) });
      expect(errorsOf(program)).toEqual([]);
    },
  );
});
