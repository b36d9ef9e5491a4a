import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { BACKENDS } from "../support/backends.ts";
import { countRepeats } from "./support/hooks.ts";
import { countLeases, passTime } from "./support/ledger.ts";
import { expectNothingLost, expectProof, strikeUntilProven } from "./support/scenario.ts";
import { openWorld } from "./support/world.ts";

const TIMEOUT_MS = 240_000;
/** One kill in so many comes while the program is still starting. */
const STARTING_SHARE = 0.25;

describe.each(BACKENDS)("kill -9 of the whole program (queue on %s)", (backend) => {
  test("at random instants under load: every comment taken gets its one decision, and all is told", { timeout: TIMEOUT_MS }, async () => {
    await using world = await openWorld(`kill-program ${backend}`, backend);
    const { random, db, hooks } = world;
    const program = await world.createProgram("all");
    await program.start();
    const load = world.startLoad(program);
    const proof = { kills: 0, unanswered: 0, comments: 0, deliveries: 0 };
    const isProven = () => proof.unanswered > 0 && proof.comments > 0 && proof.deliveries > 0;

    await strikeUntilProven(async () => {
      program.spawn();
      if (random.next() < STARTING_SHARE) await sleep(random.between(0, 600));
      else {
        await program.start();
        await sleep(random.between(300, 1_500));
      }
      const { inFlight } = load;
      const { cut } = load.met;
      await program.kill();
      proof.kills += 1;
      await sleep(20);
      proof.unanswered += Math.min(inFlight, load.met.cut - cut);
      const leases = await countLeases(db);
      proof.comments += leases.comments;
      proof.deliveries += leases.deliveries;
      await passTime(db);
    }, isProven);

    await program.start();
    await expectNothingLost(world, load);
    expectProof(world, load, { ...proof, repeats: countRepeats(hooks) });
    expect(program.lines.filter((line) => line.level === "error")).toEqual([]);
  });
});
