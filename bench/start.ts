import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { alternate, medianOf } from "./support/alternate.ts";
import { startBare } from "./support/bare.ts";
import type { Bench } from "./support/bench.ts";
import { startInstance } from "./support/instance.ts";
import { ms, type Row } from "./support/report.ts";
import type { ServerProcess } from "./support/server-process.ts";

const MIGRATED_MAX_MS = 350;
const EMBEDDED_MAX_MS = 2_500;
/** One start is over quickly and easily disturbed. */
const STARTS_PER_ROUND = 3;

/** From `node` to the first 200. */
export async function measureStart(bench: Bench): Promise<Row[]> {
  const { world, effort } = bench;
  bench.say("starting");
  await world.clear();
  // The first instance makes the queue's tables.
  await timeToStart(startInstance(world.env("postgres")));
  const directories = await mkdtemp(join(tmpdir(), "parley-bench-start-"));
  let made = 0;
  const starts: Record<string, () => Promise<number>> = {
    bare: () => timeToStart(startBare()),
    ...Object.fromEntries(
      bench.backends.map((backend) => [backend, () => timeToStart(startInstance(world.env(backend)))]),
    ),
    fresh: () => timeToStart(startInstance({ DATA_DIR: join(directories, String((made += 1))) })),
    again: () => timeToStart(startInstance({ DATA_DIR: join(directories, String(made)) })),
  };
  const runs = await alternate(effort.rounds * STARTS_PER_ROUND, starts);
  await rm(directories, { recursive: true, force: true });
  const toRow = (what: string, name: string, maxMs: number): Row => {
    const times = runs[name] ?? [];
    const time = medianOf(times, (one) => one);
    const bare = medianOf(runs["bare"] ?? [], (one) => one);
    const beside = `${ms(bare)}, bare Hono`;
    return {
      what,
      measured: ms(time),
      beside,
      ratio: time / bare,
      goal: `≤ ${ms(maxMs)}`,
      met: time <= maxMs,
    };
  };
  return [
    ...bench.backends.map((backend) => toRow(`start, ${backend}, migrated`, backend, MIGRATED_MAX_MS)),
    toRow("start, embedded database, first time", "fresh", EMBEDDED_MAX_MS),
    toRow("start, embedded database, again", "again", EMBEDDED_MAX_MS),
  ];
}

async function timeToStart(starting: Promise<ServerProcess>): Promise<number> {
  await using server = await starting;
  return server.startedMs;
}
