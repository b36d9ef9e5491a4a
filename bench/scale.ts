import { countComments } from "../src/comments/count.ts";
import { listComments } from "../src/comments/list.ts";
import { readConfig } from "../src/config.ts";
import type { Context } from "../src/context.ts";
import { createLog } from "../src/log.ts";
import { openContext } from "../src/open-context.ts";
import { getSite } from "../src/sites/site.ts";
import { alternate, medianOf, medianRatio } from "./support/alternate.ts";
import type { Bench } from "./support/bench.ts";
import { articleUrl, fillThreads } from "./support/fill.ts";
import { type LoadResult, runLoad } from "./support/load.ts";
import { openPool } from "./support/pool.ts";
import { perSecond, type Row } from "./support/report.ts";
import { SECRET, SITE } from "./support/world.ts";

const CALLERS = 4;
const PER_THREAD = 100;
const SMALL_COMMENTS = 1_000;
const AT_A_TIME = 10;
/** Articles on a front page. */
const COUNTED = 10;
const PREFIX = "scale";
const RATIO_MIN = 0.9;

type Store = { ctx: Context; threads: number };

/** Pages and counts straight from the verbs with empty caches: in a store of a million comments beside one of a thousand. */
export async function measureScale(bench: Bench): Promise<Row[]> {
  const { effort, world } = bench;
  bench.say(`filling a store with ${effort.scaleComments.toLocaleString("en")} comments`);
  await using stack = new AsyncDisposableStack();
  const [small, large] = [
    await openStore(stack, await world.createDatabase("bench_small"), SMALL_COMMENTS),
    await openStore(stack, await world.createDatabase("bench_large"), effort.scaleComments),
  ];
  bench.say("reading from it");
  const runs = await alternate(effort.rounds, {
    smallPage: () => load(bench, (n) => readPage(small, n % small.threads)),
    largePage: () => load(bench, (n) => readPage(large, scatter(n) % large.threads)),
    newPage: () => load(bench, (n) => readPage(large, large.threads - 1 - (n % small.threads))),
    smallCount: () => load(bench, () => count(small, 0)),
    largeCount: () => load(bench, (n) => count(large, scatter(n) % (large.threads - COUNTED))),
  });
  const size = effort.scaleComments.toLocaleString("en");
  return [
    toRow(`page among ${size}, the latest articles`, runs.newPage, runs.smallPage, true),
    toRow(`page among ${size}, any article`, runs.largePage, runs.smallPage, false),
    toRow(`${COUNTED} counts among ${size}`, runs.largeCount, runs.smallCount, true),
  ];
}

async function openStore(stack: AsyncDisposableStack, databaseUrl: string, comments: number): Promise<Store> {
  const pool = openPool(stack, databaseUrl, 1);
  const threads = comments / PER_THREAD;
  await fillThreads(pool, { prefix: PREFIX, threads, perThread: PER_THREAD, atATime: AT_A_TIME });
  const config = readConfig({ DATABASE_URL: databaseUrl, PARLEY_SECRET: SECRET });
  const log = createLog({ level: "warn" });
  const ctx = stack.use(
    await openContext({ config, log, databaseUrl, secrets: { current: SECRET, previous: [] } }),
  );
  return { ctx, threads };
}

async function load({ effort }: Bench, work: (n: number) => Promise<boolean>): Promise<LoadResult> {
  await runLoad({ callers: CALLERS, seconds: effort.warmUpSeconds / 2 }, work);
  return runLoad({ callers: CALLERS, seconds: effort.seconds / 2 }, work);
}

/** Consecutive numbers far apart (Knuth's multiplicative hash). */
function scatter(n: number): number {
  return Math.imul(n, 2_654_435_761) >>> 0;
}

async function readPage({ ctx }: Store, thread: number): Promise<boolean> {
  const site = await getSite(ctx, SITE);
  ctx.caches.threads.clear();
  ctx.caches.pages.clear();
  const article = { key: null, url: articleUrl(PREFIX, thread) };
  const page = await listComments(ctx, { site, article, sort: "oldest", limit: PER_THREAD, cursor: null });
  return (await page.render()).body.length > PER_THREAD * PER_THREAD;
}

async function count({ ctx }: Store, from: number): Promise<boolean> {
  const site = await getSite(ctx, SITE);
  const urls = Array.from({ length: COUNTED }, (_, n) => articleUrl(PREFIX, from + n));
  const counts = await countComments(ctx, site, { urls, keys: [] });
  return Object.values(counts).every((one) => one === PER_THREAD);
}

function rate(runs: LoadResult[]): string {
  return perSecond(medianOf(runs, (run) => run.perSecond));
}

function toRow(what: string, measured: LoadResult[], beside: LoadResult[], isGoal: boolean): Row {
  const ratio = medianRatio(measured, beside, (run) => run.perSecond);
  const goal = isGoal ? { goal: `≥ ${RATIO_MIN}`, met: ratio >= RATIO_MIN } : {};
  return {
    what,
    measured: rate(measured),
    beside: `${rate(beside)} among ${SMALL_COMMENTS.toLocaleString("en")}`,
    ratio,
    ...goal,
  };
}
