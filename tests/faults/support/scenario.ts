import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { findViolations } from "./invariants.ts";
import { waitUntilQuiet, type WaitOptions } from "./ledger.ts";
import type { Load } from "./load.ts";
import type { Program } from "./program.ts";
import { SEED } from "./random.ts";
import type { World } from "./world.ts";

/** Faults per scenario; more for a long run. */
export const ROUNDS = Number(process.env["FAULT_ROUNDS"] ?? 6);
/** Chance may spare a scenario what it is about; so many times its rounds it tries. */
const TRIES_FACTOR = 4;
const POLL_MS = 20;

/** Strikes {@link ROUNDS} times, and on until what proves that the faults struck is there. */
export async function strikeUntilProven(
  strike: (round: number) => Promise<void>,
  isProven: () => boolean,
  rounds = ROUNDS,
): Promise<void> {
  for (let round = 1; round <= rounds || (!isProven() && round <= rounds * TRIES_FACTOR); round += 1) {
    await strike(round);
  }
}

const MORE_TIMEOUT_MS = 30_000;

/** Waits until readers get through again. @throws Error with what stands in the way when they do not. */
export async function waitForMore(load: Load, programs: Program[], count = 20): Promise<void> {
  const wanted = load.acknowledged.length + count;
  const deadline = performance.now() + MORE_TIMEOUT_MS;
  while (load.acknowledged.length < wanted) {
    if (load.unexpected.length > 0 || performance.now() > deadline) {
      const lives = programs.map(({ pid, stderr }) =>
        pid === 0 ? `dead: ${stderr.join("\n")}` : `alive (${pid})`,
      );
      const errors = programs.flatMap((program) => errorsOf(program)).slice(-3);
      throw new Error(
        [
          "Readers do not get through.",
          ...load.unexpected,
          JSON.stringify(load.met),
          ...lives,
          ...errors,
        ].join("\n"),
      );
    }
    await sleep(POLL_MS);
  }
}

/** What a program could not explain, as it logged it. */
export function errorsOf(program: Program): string[] {
  const lines = program.lines.filter((line) => line.level === "error" || line.level === "fatal");
  return lines.map((line) => JSON.stringify(line));
}

/** Ends the load, waits until nothing is owed and checks all that must hold. */
export async function expectNothingLost(
  world: Pick<World, "db" | "hooks">,
  load: Load,
  wait?: WaitOptions,
): Promise<void> {
  await load.stop();
  expect(load.unexpected).toEqual([]);
  await waitUntilQuiet(world.db, wait);
  expect(await findViolations(world.db, { acknowledged: load.acknowledged, hooks: world.hooks })).toEqual([]);
}

/** One line with the seed and the evidence, and a failure for each piece of it that is missing. */
export function expectProof(world: Pick<World, "name">, load: Load, proof: Record<string, number>): void {
  const figures = { comments: load.acknowledged.length, ...load.met, ...proof };
  process.stderr.write(`faults: ${world.name}: FAULT_SEED=${SEED} ${JSON.stringify(figures)}\n`);
  for (const [what, count] of Object.entries(proof)) expect(count, what).toBeGreaterThan(0);
  expect(load.acknowledged.length).toBeGreaterThan(0);
}
