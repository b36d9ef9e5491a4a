import { setTimeout as sleep } from "node:timers/promises";
import { medianOf } from "./support/alternate.ts";
import type { Bench } from "./support/bench.ts";
import { publishedAt, untilNothingOwed } from "./support/decided.ts";
import { createHttpClient, type HttpClient } from "./support/http-client.ts";
import { startInstance } from "./support/instance.ts";
import { percentiles, runLoad } from "./support/load.ts";
import { ms, perSecond, type Row } from "./support/report.ts";
import { submit } from "./support/submit.ts";
import type { Backend } from "./support/world.ts";

const PAUSE_MS = 20;
const LOAD_CALLERS = 8;
const LOAD_PAUSE_MS = 10;
const P50_MAX_MS = 20;
const P99_MAX_MS = 100;
/** The texts are ordinary: a policy that holds them is not the one meant to be measured. */
const PUBLISHED_SHARE_MIN = 0.95;

type Latency = { p50Ms: number; p99Ms: number };
type LatencyRun = { rest: Latency; load: Latency; perSecond: number };

/** Time from the 202 to publication: one comment at a time, and under load. */
export async function measurePublish(bench: Bench): Promise<Row[]> {
  const rows: Row[] = [];
  for (const backend of bench.backends) {
    bench.say(`publishing, ${backend}`);
    const runs: LatencyRun[] = [];
    for (let round = 0; round < bench.effort.rounds; round += 1) runs.push(await latency(bench, backend));
    const rest = medianLatency(runs.map((run) => run.rest));
    const load = medianLatency(runs.map((run) => run.load));
    const rate = perSecond(medianOf(runs, (run) => run.perSecond));
    rows.push(
      {
        what: `202 → published, ${backend}, at rest`,
        measured: `p50 ${ms(rest.p50Ms)}, p99 ${ms(rest.p99Ms)}`,
        goal: `p50 ≤ ${P50_MAX_MS} ms, p99 ≤ ${P99_MAX_MS} ms`,
        met: rest.p50Ms <= P50_MAX_MS && rest.p99Ms <= P99_MAX_MS,
      },
      {
        what: `202 → published, ${backend}, at ${rate}`,
        measured: `p50 ${ms(load.p50Ms)}, p99 ${ms(load.p99Ms)}`,
      },
    );
  }
  return rows;
}

function medianLatency(runs: Latency[]): Latency {
  return { p50Ms: medianOf(runs, (run) => run.p50Ms), p99Ms: medianOf(runs, (run) => run.p99Ms) };
}

async function latency({ world, effort }: Bench, backend: Backend): Promise<LatencyRun> {
  await world.clear();
  await using instance = await startInstance(world.env(backend, { ROLE: "all" }));
  using client = createHttpClient(instance.origin);
  await runLoad({ callers: 1, seconds: effort.warmUpSeconds }, (n) =>
    post(client, new Map(), n + 10_000_000, 0),
  );
  const atRest = new Map<string, number>();
  for (let n = 0; n < effort.restCount; n += 1) {
    await post(client, atRest, n, 0);
    await sleep(PAUSE_MS);
  }
  const underLoad = new Map<string, number>();
  const load = await runLoad({ callers: LOAD_CALLERS, seconds: effort.seconds }, async (n, caller) => {
    const accepted = await post(client, underLoad, n + 20_000_000, caller);
    await sleep(LOAD_PAUSE_MS);
    return accepted;
  });
  await untilNothingOwed(world);
  const published = await publishedAt(world);
  return {
    rest: latenciesOf(atRest, published),
    load: latenciesOf(underLoad, published),
    perSecond: load.perSecond,
  };
}

async function post(
  client: HttpClient,
  answered: Map<string, number>,
  n: number,
  caller: number,
): Promise<boolean> {
  const id = await submit(client, n, caller);
  if (id !== null) answered.set(id, performance.timeOrigin + performance.now());
  return id !== null;
}

/** One that was published before its 202 came through counts as 0. */
function latenciesOf(answered: ReadonlyMap<string, number>, published: ReadonlyMap<string, number>): Latency {
  const times: number[] = [];
  for (const [id, answeredAt] of answered) {
    const at = published.get(id);
    if (at !== undefined) times.push(Math.max(0, at - answeredAt));
  }
  if (times.length < answered.size * PUBLISHED_SHARE_MIN) throw new Error("Most should have been published.");
  return percentiles(times);
}
