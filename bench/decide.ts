import { availableParallelism } from "node:os";
import { alternate, medianOf } from "./support/alternate.ts";
import type { Bench } from "./support/bench.ts";
import { publishedAt, untilNothingOwed } from "./support/decided.ts";
import { createHttpClient } from "./support/http-client.ts";
import { startInstance } from "./support/instance.ts";
import { runLoad } from "./support/load.ts";
import { micros, perSecond, type Row } from "./support/report.ts";
import { submit } from "./support/submit.ts";
import type { Backend } from "./support/world.ts";

const FILL_CALLERS = 32;
const FILL_SECONDS_MAX = 300;
/** Decided while the worker warms up; the rate is that of the rest. */
const WARM_UP_SHARE = 0.2;
/** The texts are ordinary: a policy that holds them is not the one meant to be measured. */
const PUBLISHED_SHARE_MIN = 0.95;
const PER_SECOND_MIN: Readonly<Record<Backend, number>> = { redis: 5_000, postgres: 3_000 };

type DecideRun = { perSecond: number; cpuMicros: number };

/**
 * Decided comments a second: an HTTP process has taken a backlog, then one worker starts on it; and, since a worker is one thread, one
 * for each core, which is what the goal is about.
 */
export async function measureDecide(bench: Bench): Promise<Row[]> {
  const rows: Row[] = [];
  for (const backend of bench.backends) {
    bench.say(`deciding, ${backend}`);
    const runs = await alternate(bench.effort.rounds, {
      one: () => workOff(bench, backend, 1),
      perCore: () => workOff(bench, backend, availableParallelism()),
    });
    const rate = medianOf(runs.perCore, (run) => run.perSecond);
    rows.push(
      { what: `decided, ${backend}, one worker, all checks`, measured: describe(runs.one) },
      {
        what: `decided, ${backend}, a worker for each core`,
        measured: describe(runs.perCore),
        goal: `≥ ${perSecond(PER_SECOND_MIN[backend])}`,
        met: rate >= PER_SECOND_MIN[backend],
      },
    );
  }
  return rows;
}

function describe(runs: DecideRun[]): string {
  const rate = medianOf(runs, (run) => run.perSecond);
  return `${perSecond(rate)}, CPU ${micros(medianOf(runs, (run) => run.cpuMicros))}`;
}

async function workOff(bench: Bench, backend: Backend, workers: number): Promise<DecideRun> {
  const { world, effort } = bench;
  await world.clear();
  await fillBacklog(bench, backend);
  await using stack = new AsyncDisposableStack();
  const started = await Promise.all(
    Array.from({ length: workers }, () => startInstance(world.env(backend, { ROLE: "worker" }))),
  );
  for (const worker of started) stack.use(worker);
  const cpuOfAll = async () => {
    const spent = await Promise.all(started.map((worker) => worker.cpuMicros()));
    return spent.reduce((sum, one) => sum + one, 0);
  };
  // Starting up costs as much as thousands of checks.
  const cpuBefore = await cpuOfAll();
  await untilNothingOwed(world);
  const cpuMicros = ((await cpuOfAll()) - cpuBefore) / effort.backlog;
  const times = [...(await publishedAt(world)).values()];
  if (times.length < effort.backlog * PUBLISHED_SHARE_MIN)
    throw new Error("Most should have been published.");
  const from = times[Math.floor(times.length * WARM_UP_SHARE)] ?? 0;
  const later = times.filter((at) => at > from);
  const seconds = ((later.at(-1) ?? from) - from) / 1_000;
  return { perSecond: later.length / seconds, cpuMicros };
}

async function fillBacklog({ world, effort }: Bench, backend: Backend): Promise<void> {
  await using instance = await startInstance(world.env(backend, { ROLE: "http" }));
  using client = createHttpClient(instance.origin);
  const load = { callers: FILL_CALLERS, seconds: FILL_SECONDS_MAX, countMax: effort.backlog };
  await runLoad(load, async (n, caller) => (await submit(client, n, caller)) !== null);
}
