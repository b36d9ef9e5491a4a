import { setTimeout as sleep } from "node:timers/promises";
import type { Bench } from "./support/bench.ts";
import { untilNothingOwed } from "./support/decided.ts";
import { createHttpClient } from "./support/http-client.ts";
import { startInstance } from "./support/instance.ts";
import { runLoad } from "./support/load.ts";
import type { Row } from "./support/report.ts";
import { submit } from "./support/submit.ts";
import type { Backend } from "./support/world.ts";

const CALLERS = 16;
const SECONDS_MAX = 600;
const IDLE_MB_MAX = 130;
/** Long enough for the collector to have been by. */
const REST_MS = 5_000;

/** Resident memory of one process with HTTP and workers: just started, and after many comments. */
export async function measureMemory(bench: Bench): Promise<Row[]> {
  const rows: Row[] = [];
  for (const backend of bench.backends) {
    bench.say(`memory, ${backend}`);
    const { idleMb, laterMb } = await readMemory(bench, backend);
    rows.push(
      {
        what: `memory, ${backend}, idle`,
        measured: `${Math.round(idleMb)} MB`,
        goal: `≤ ${IDLE_MB_MAX} MB`,
        met: idleMb <= IDLE_MB_MAX,
      },
      {
        what: `memory, ${backend}, after ${bench.effort.memoryComments.toLocaleString("en")} comments`,
        measured: `${Math.round(laterMb)} MB`,
        beside: "idle",
        ratio: laterMb / idleMb,
      },
    );
  }
  return rows;
}

async function readMemory(
  { world, effort }: Bench,
  backend: Backend,
): Promise<{ idleMb: number; laterMb: number }> {
  await world.clear();
  await using instance = await startInstance(world.env(backend, { ROLE: "all" }));
  await sleep(REST_MS);
  const idleMb = await instance.residentMb();
  using client = createHttpClient(instance.origin);
  const load = { callers: CALLERS, seconds: SECONDS_MAX, countMax: effort.memoryComments };
  await runLoad(load, async (n, caller) => (await submit(client, n, caller)) !== null);
  await untilNothingOwed(world);
  await sleep(REST_MS);
  return { idleMb, laterMb: await instance.residentMb() };
}
