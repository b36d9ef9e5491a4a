import { randomBytes, randomUUID } from "node:crypto";
import { alternate, medianOf, medianRatio } from "./support/alternate.ts";
import type { Bench } from "./support/bench.ts";
import { createHttpClient } from "./support/http-client.ts";
import { startInstance } from "./support/instance.ts";
import { type LoadResult, runLoad } from "./support/load.ts";
import { micros, ms, perSecond, type Row } from "./support/report.ts";
import { submit } from "./support/submit.ts";
import { commentBody } from "./support/words.ts";
import type { Backend } from "./support/world.ts";

const CALLERS = 16;
const RATIO_MIN = 0.44;
const P99_MAX_MS = 8;
/** Apart from what is measured, so that no comment is a repeat. */
const WARM_UP_FROM = 10_000_000;

type AcceptResult = LoadResult & { cpuMicros: number };

/** Accepted comments a second (202 after the commit), beside plain pg inserting the same row one by one with as many callers. */
export async function measureAccept(bench: Bench): Promise<Row[]> {
  const rows: Row[] = [];
  for (const backend of bench.backends) {
    bench.say(`accepting, ${backend}`);
    const runs = await alternate(bench.effort.rounds, {
      floor: () => insertFloor(bench),
      http: () => accept(bench, backend, "http"),
      all: () => accept(bench, backend, "all"),
    });
    const beside = `${perSecond(medianOf(runs.floor, (run) => run.perSecond))} plain inserts`;
    const ratioOf = (measured: AcceptResult[]) => medianRatio(measured, runs.floor, (run) => run.perSecond);
    const ratio = ratioOf(runs.http);
    const p99 = medianOf(runs.http, (run) => run.p99Ms);
    rows.push(
      {
        what: `accepted, ${backend}, ROLE=http`,
        measured: describe(runs.http),
        beside,
        ratio,
        goal: `≥ ${RATIO_MIN}, p99 ≤ ${P99_MAX_MS} ms`,
        met: ratio >= RATIO_MIN && p99 <= P99_MAX_MS,
      },
      {
        what: `accepted, ${backend}, ROLE=all (checking them too)`,
        measured: describe(runs.all),
        beside,
        ratio: ratioOf(runs.all),
      },
    );
  }
  return rows;
}

function describe(runs: AcceptResult[]): string {
  const rate = perSecond(medianOf(runs, (run) => run.perSecond));
  const [p50, p99] = [medianOf(runs, (run) => run.p50Ms), medianOf(runs, (run) => run.p99Ms)];
  return `${rate}, p50 ${ms(p50)}, p99 ${ms(p99)}, CPU ${micros(medianOf(runs, (run) => run.cpuMicros))}`;
}

async function accept(
  { world, effort }: Bench,
  backend: Backend,
  role: "http" | "all",
): Promise<AcceptResult> {
  await world.clear();
  await using instance = await startInstance(world.env(backend, { ROLE: role }));
  using client = createHttpClient(instance.origin);
  const post = async (n: number, caller: number) => (await submit(client, n, caller)) !== null;
  await runLoad({ callers: CALLERS, seconds: effort.warmUpSeconds }, (n, caller) =>
    post(n + WARM_UP_FROM, caller),
  );
  const cpuBefore = await instance.cpuMicros();
  const result = await runLoad({ callers: CALLERS, seconds: effort.seconds }, post);
  return { ...result, cpuMicros: ((await instance.cpuMicros()) - cpuBefore) / result.count };
}

/** The same columns and indexes in a table of its own; one row a statement, one commit a row. */
async function insertFloor({ world, effort }: Bench): Promise<AcceptResult> {
  await world.pool.query("create table bench_floor (like comments including all)");
  const insert = {
    name: "bench-floor",
    text: `insert into bench_floor (id, site_id, thread_id, author_id, root_id, depth, path, name, body, dedupe_key, payload_hash,
      request_facts, created_at, status_at) values ($1, 1, 1, $2, $1, 0, $3, $4, $5, $6, $7, $8, now(), now())`,
  };
  const facts = JSON.stringify({
    form: { token: "absent", ageMs: null, honeypotFilled: false },
    ipListEntry: null,
  });
  const insertOne = async (n: number) => {
    const values = [
      randomUUID(),
      n,
      randomBytes(16),
      `Reader ${n}`,
      commentBody(),
      randomBytes(16),
      randomBytes(16),
      facts,
    ];
    await world.pool.query({ ...insert, values });
    return true;
  };
  await runLoad({ callers: CALLERS, seconds: effort.warmUpSeconds / 2 }, insertOne);
  const cpuBefore = process.cpuUsage();
  const result = await runLoad({ callers: CALLERS, seconds: effort.seconds }, insertOne);
  const { user, system } = process.cpuUsage(cpuBefore);
  await world.pool.query("drop table bench_floor");
  return { ...result, cpuMicros: (user + system) / result.count };
}
