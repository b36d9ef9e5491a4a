import { availableParallelism, loadavg } from "node:os";
import process from "node:process";
import { measureAccept } from "./accept.ts";
import { measureBacktest } from "./backtest.ts";
import { measureCheck } from "./check.ts";
import { measureDecide } from "./decide.ts";
import { measureMemory } from "./memory.ts";
import { measurePublish } from "./publish.ts";
import { measureRead } from "./read.ts";
import { measureScale } from "./scale.ts";
import { measureStart } from "./start.ts";
import type { Bench } from "./support/bench.ts";
import { readOptions } from "./support/options.ts";
import { formatTable, type Row } from "./support/report.ts";
import { openWorld, type World } from "./support/world.ts";

const MEASUREMENTS = {
  check: measureCheck,
  accept: measureAccept,
  publish: measurePublish,
  decide: measureDecide,
  read: measureRead,
  backtest: measureBacktest,
  scale: measureScale,
  memory: measureMemory,
  start: measureStart,
} satisfies Record<string, (bench: Bench) => Promise<Row[]>>;
type Name = keyof typeof MEASUREMENTS;

/** `npm run bench`: measures Parley beside what the same machine does without it, and prints a table. */
async function main(): Promise<void> {
  const names = Object.keys(MEASUREMENTS) as Name[];
  const { only, backends, effort } = readOptions(process.argv.slice(2), names);
  await using world = await openWorld();
  // Else the database would outlive us.
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, async () => {
      await world[Symbol.asyncDispose]();
      process.exit(130);
    });
  }
  process.stdout.write(`${describeMachine(world)}\n\n`);
  const bench: Bench = {
    world,
    effort,
    backends: backends.filter((backend) => backend === "postgres" || world.redisVersion !== null),
    say: (text) => process.stderr.write(`… ${text}\n`),
  };
  const rows: Row[] = [];
  for (const name of names) {
    if (only.includes(name)) rows.push(...(await MEASUREMENTS[name](bench)));
  }
  process.stdout.write(`${formatTable(rows)}\n`);
}

function describeMachine(world: World): string {
  const load = loadavg()[0]?.toFixed(1) ?? "?";
  const redis = world.redisVersion === null ? "no Redis" : `Redis ${world.redisVersion}`;
  return `${availableParallelism()} cores (load ${load} before), Node ${process.versions.node}, PostgreSQL ${world.postgresVersion}, ${redis}`;
}

await main();
