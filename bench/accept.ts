import { randomBytes, randomUUID } from "node:crypto";
import { createClient, type LoadResult, runLoad } from "./support/load.ts";
import { startInstance } from "./support/instance.ts";
import { ms, perSecond, type Row } from "./support/report.ts";
import { address, commentBody, submission } from "./support/words.ts";
import { type Backend, ORIGIN, type World } from "./support/world.ts";

const CALLERS = 16;
const SECONDS = 8;

/** Accepted comments a second (202 after the commit), beside plain pg inserting the same row one by one with as many callers. */
export async function measureAccept(world: World, backend: Backend): Promise<Row[]> {
  const floor = await insertFloor(world);
  await world.clear();
  const alone = await accept(world, backend, "http");
  await world.clear();
  const whole = await accept(world, backend, "all");
  await world.clear();
  const beside = `${perSecond(floor.perSecond)} plain inserts`;
  const ratio = alone.perSecond / floor.perSecond;
  const wholeRatio = whole.perSecond / floor.perSecond;
  return [
    {
      what: `accepted, ${backend}, ROLE=http`,
      measured: `${perSecond(alone.perSecond)}, p99 ${ms(alone.p99Ms)}`,
      beside,
      ratio,
      goal: "≥ .44, p99 ≤ 8 ms",
      met: ratio >= 0.44 && alone.p99Ms <= 8,
    },
    {
      what: `accepted, ${backend}, ROLE=all`,
      measured: `${perSecond(whole.perSecond)}, p99 ${ms(whole.p99Ms)}`,
      beside,
      ratio: wholeRatio,
      goal: "",
      met: null,
    },
  ];
}

async function accept(world: World, backend: Backend, role: "http" | "all"): Promise<LoadResult> {
  await using instance = await startInstance(world.env(backend, { ROLE: role }));
  const client = createClient(instance.origin, CALLERS);
  const post = async (n: number) => {
    const response = await client.post(
      "/v1/sites/bench/comments",
      submission(n, `${ORIGIN}/article-${n % 50}`),
      {
        "x-forwarded-for": address(n),
      },
    );
    return response.status === 202;
  };
  await runLoad({ callers: CALLERS, seconds: 2 }, (n) => post(n + 10_000_000));
  const result = await runLoad({ callers: CALLERS, seconds: SECONDS }, post);
  await client.close();
  return result;
}

/** The same columns and indexes in a table of its own; one row a statement, one commit a row. */
async function insertFloor(world: World): Promise<LoadResult> {
  await world.pool.query("drop table if exists bench_floor");
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
  const result = await runLoad({ callers: CALLERS, seconds: SECONDS }, async (n) => {
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
  });
  await world.pool.query("drop table bench_floor");
  return result;
}
