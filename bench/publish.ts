import { setTimeout as sleep } from "node:timers/promises";
import { createClient, percentiles, runLoad } from "./support/load.ts";
import { startInstance } from "./support/instance.ts";
import { ms, perSecond, type Row } from "./support/report.ts";
import { address, submission } from "./support/words.ts";
import { type Backend, ORIGIN, type World } from "./support/world.ts";

const AT_REST = 200;
const BACKLOG = 20_000;
const LOAD_CALLERS = 8;
const LOAD_SECONDS = 8;

/** Time from the 202 to publication, one comment at a time and under load. */
export async function measureLatency(world: World, backend: Backend): Promise<Row[]> {
  await world.clear();
  await using instance = await startInstance(world.env(backend, { ROLE: "all" }));
  const client = createClient(instance.origin, LOAD_CALLERS);
  const answered = new Map<string, number>();
  const post = async (n: number) => {
    const body = submission(n, `${ORIGIN}/article-${n % 50}`);
    const response = await client.post("/v1/sites/bench/comments", body, { "x-forwarded-for": address(n) });
    if (response.status === 202) answered.set((JSON.parse(response.body) as { id: string }).id, Date.now());
    return response.status === 202;
  };
  await runLoad({ callers: 1, seconds: 2 }, (n) => post(n + 1_000_000));
  answered.clear();
  for (let n = 0; n < AT_REST; n += 1) {
    await post(n);
    await sleep(20);
  }
  const rest = await untilDecided(world, answered);
  answered.clear();
  await runLoad({ callers: LOAD_CALLERS, seconds: LOAD_SECONDS }, async (n) => {
    const ok = await post(n + 2_000_000);
    await sleep(10);
    return ok;
  });
  const load = await untilDecided(world, answered);
  await client.close();
  return [
    {
      what: `202 → decided, ${backend}, at rest`,
      measured: `p50 ${ms(rest.p50Ms)}, p99 ${ms(rest.p99Ms)}`,
      beside: "",
      ratio: null,
      goal: "p50 ≤ 20 ms, p99 ≤ 100 ms",
      met: rest.p50Ms <= 20 && rest.p99Ms <= 100,
    },
    {
      what: `202 → decided, ${backend}, at ${perSecond(answered.size / LOAD_SECONDS)}`,
      measured: `p50 ${ms(load.p50Ms)}, p99 ${ms(load.p99Ms)}`,
      beside: "",
      ratio: null,
      goal: "",
      met: null,
    },
  ];
}

async function untilDecided(world: World, answered: ReadonlyMap<string, number>) {
  await untilNothingOwed(world);
  const { rows } = await world.pool.query<{ id: string; at: Date }>(
    "select comment_id as id, created_at as at from decisions where comment_id = any($1::uuid[])",
    [[...answered.keys()]],
  );
  return percentiles(rows.map((row) => Math.max(0, row.at.getTime() - (answered.get(row.id) ?? 0))));
}

/** Decided comments a second: a backlog taken by an HTTP process, then one worker starts on it. */
export async function measureDecide(world: World, backend: Backend): Promise<Row[]> {
  await world.clear();
  await fillBacklog(world, backend);
  const before = performance.now();
  {
    await using _worker = await startInstance(
      world.env(backend, { ROLE: "worker", WORKER_CONCURRENCY: "4" }),
    );
    await untilNothingOwed(world);
  }
  const { rows } = await world.pool.query<{ count: number; seconds: number }>(
    `select count(*)::int as count, extract(epoch from max(created_at) - min(created_at))::float8 as seconds from decisions`,
  );
  const { count = 0, seconds = (performance.now() - before) / 1_000 } = rows[0] ?? {};
  const goal = backend === "redis" ? 5_000 : 3_000;
  return [
    {
      what: `decided, ${backend}, one worker`,
      measured: perSecond(count / seconds),
      beside: "",
      ratio: null,
      goal: `≥ ${perSecond(goal)}`,
      met: count / seconds >= goal,
    },
  ];
}

async function fillBacklog(world: World, backend: Backend): Promise<void> {
  await using instance = await startInstance(world.env(backend, { ROLE: "http" }));
  const client = createClient(instance.origin, 32);
  await runLoad({ callers: 32, seconds: 60, countMax: BACKLOG }, async (n) => {
    const body = submission(n, `${ORIGIN}/article-${n % 50}`);
    return (
      (await client.post("/v1/sites/bench/comments", body, { "x-forwarded-for": address(n) })).status === 202
    );
  });
  await client.close();
}

export async function untilNothingOwed(world: World): Promise<void> {
  for (;;) {
    const { rows } = await world.pool.query<{ owed: number }>("select count(*)::int as owed from outbox");
    if (rows[0]?.owed === 0) return;
    await sleep(50);
  }
}
