import { alternate, medianOf, medianRatio } from "./support/alternate.ts";
import { startBare } from "./support/bare.ts";
import type { Bench } from "./support/bench.ts";
import type { Effort } from "./support/effort.ts";
import { createHttpClient, type HttpClient } from "./support/http-client.ts";
import { startInstance } from "./support/instance.ts";
import { type LoadResult, runLoad } from "./support/load.ts";
import { insertPlainly, withPlainTable } from "./support/plain-insert.ts";
import { micros, ms, perSecond, type Row } from "./support/report.ts";
import type { ServerProcess } from "./support/server-process.ts";
import { submit } from "./support/submit.ts";
import { commentBody, submission } from "./support/words.ts";
import { type Backend, ORIGIN } from "./support/world.ts";

const CALLERS = 16;
const RATIO_MIN = 0.44;
const P99_MAX_MS = 8;
/** Apart from what is measured, so that no comment is a repeat. */
const WARM_UP_FROM = 10_000_000;

type AcceptResult = LoadResult & { cpuMicros: number };

/**
 * Accepted comments a second (202 after the commit), beside plain pg inserting the same row one by one with as many callers, and
 * beside the least service that takes, validates and inserts it.
 */
export async function measureAccept(bench: Bench): Promise<Row[]> {
  const rows: Row[] = [];
  for (const backend of bench.backends) {
    bench.say(`accepting, ${backend}`);
    const runs = await alternate(bench.effort.rounds, {
      floor: () => insertFloor(bench),
      bare: () => acceptBare(bench),
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
        what: `accepted, ${backend}, ROLE=http`,
        measured: describe(runs.http),
        beside: `${describe(runs.bare)}: bare Hono, zod and pg`,
        ratio: medianRatio(runs.http, runs.bare, (run) => run.perSecond),
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
  return await loadServer(
    effort,
    instance,
    async (client, n, caller) => (await submit(client, n, caller)) !== null,
  );
}

/** One row a comment, one commit a row; nothing is checked but its form. */
async function acceptBare({ world, effort }: Bench): Promise<AcceptResult> {
  return withPlainTable(world.pool, async () => {
    await using server = await startBare({ databaseUrl: world.databaseUrl });
    return await loadServer(effort, server, async (client, n, caller) => {
      const json = submission(n, `${ORIGIN}/article`);
      return (await client.call(caller, { method: "POST", path: "/comments", json })).status === 202;
    });
  });
}

type Post = (client: HttpClient, n: number, caller: number) => Promise<boolean>;

async function loadServer(effort: Effort, server: ServerProcess, post: Post): Promise<AcceptResult> {
  using client = createHttpClient(server.origin);
  await runLoad({ callers: CALLERS, seconds: effort.warmUpSeconds }, (n, caller) =>
    post(client, n + WARM_UP_FROM, caller),
  );
  const cpuBefore = await server.cpuMicros();
  const result = await runLoad({ callers: CALLERS, seconds: effort.seconds }, (n, caller) =>
    post(client, n, caller),
  );
  return { ...result, cpuMicros: ((await server.cpuMicros()) - cpuBefore) / result.count };
}

/** The same columns and indexes in a table of its own; one row a statement, one commit a row. */
async function insertFloor({ world, effort }: Bench): Promise<AcceptResult> {
  const insertOne = async (n: number) => {
    await insertPlainly(world.pool, `Reader ${n}`, commentBody());
    return true;
  };
  return withPlainTable(world.pool, async () => {
    await runLoad({ callers: CALLERS, seconds: effort.warmUpSeconds / 2 }, insertOne);
    const cpuBefore = process.cpuUsage();
    const result = await runLoad({ callers: CALLERS, seconds: effort.seconds }, insertOne);
    const { user, system } = process.cpuUsage(cpuBefore);
    return { ...result, cpuMicros: (user + system) / result.count };
  });
}
