import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { alternate, medianOf, medianRatio } from "./support/alternate.ts";
import { startBare } from "./support/bare.ts";
import type { Bench } from "./support/bench.ts";
import { articleUrl, fillThreads } from "./support/fill.ts";
import { createHttpClient } from "./support/http-client.ts";
import { startInstance } from "./support/instance.ts";
import { type LoadResult, runLoad } from "./support/load.ts";
import { micros, perSecond, type Row } from "./support/report.ts";
import type { ServerProcess } from "./support/server-process.ts";
import { SITE } from "./support/world.ts";

const CALLERS = 16;
const PAGE = 100;
const RATIO_MIN = 0.75;
/** Parley keeps 32 MB of pages: these must be many times more than it can hold when they are read in turn. */
const SHORT = { prefix: "short", threads: 1_000, perThread: PAGE, atATime: 50 };
const LONG = { prefix: "long", threads: 10, perThread: 10_000, atATime: 10 };
const PAGES_BYTES_MAX = 32 * 1024 * 1024;

type ReadResult = LoadResult & { cpuMicros: number };

/** Pages of a hundred comments a second: kept by Parley, and made anew for each reader. */
export async function measureRead(bench: Bench): Promise<Row[]> {
  const { world } = bench;
  bench.say("reading");
  await world.clear();
  const shortIds = await fillThreads(world.pool, SHORT);
  await fillThreads(world.pool, LONG);
  await using parley = await startInstance(world.env("postgres", { ROLE: "http" }));
  const shortPages = Array.from({ length: SHORT.threads }, (_, thread) =>
    pagePath(articleUrl(SHORT.prefix, thread)),
  );
  const longPages = await listLongPages(parley);
  return [
    ...(await measureCached(bench, parley, "a thread of 100", shortPages[0] ?? "")),
    ...(await measureCached(bench, parley, "a thread of 10,000", longPages[0] ?? "")),
    ...(await measureUncached(bench, parley, { shortPages, longPages, shortIds })),
  ];
}

function pagePath(url: string, cursor?: string): string {
  const query = new URLSearchParams({ url, limit: String(PAGE), ...(cursor !== undefined && { cursor }) });
  return `/v1/sites/${SITE}/comments?${query}`;
}

/** Every page of every long thread, across the threads, so that no two neighbours in the list are near in the table. */
async function listLongPages(parley: ServerProcess): Promise<string[]> {
  const paths: string[][] = [];
  for (let thread = 0; thread < LONG.threads; thread += 1) {
    const url = articleUrl(LONG.prefix, thread);
    let cursor: string | undefined;
    for (let page = 0; page < LONG.perThread / PAGE; page += 1) {
      const path = pagePath(url, cursor);
      (paths[page] ??= []).push(path);
      const read = (await (await fetch(parley.origin + path)).json()) as {
        comments: unknown[];
        next: string | null;
      };
      if (read.comments.length !== PAGE)
        throw new Error(`A page of ${read.comments.length} comments, not ${PAGE}.`);
      cursor = read.next ?? undefined;
    }
  }
  return paths.flat();
}

async function measureCached(bench: Bench, parley: ServerProcess, of: string, path: string): Promise<Row[]> {
  const directory = await mkdtemp(join(tmpdir(), "parley-bench-page-"));
  const bytesFile = join(directory, "page.json");
  await writeFile(bytesFile, await (await fetch(parley.origin + path)).text());
  await using bare = await startBare({ bytesFile });
  await rm(directory, { recursive: true, force: true });
  const runs = await alternate(bench.effort.rounds, {
    bare: () => read(bench, bare, () => "/bytes"),
    parley: () => read(bench, parley, () => path),
  });
  return [toRow(`page of ${of}, cached`, runs.parley, runs.bare, "bare Hono, same bytes", RATIO_MIN)];
}

type Pages = { shortPages: string[]; longPages: string[]; shortIds: string[] };

async function measureUncached(bench: Bench, parley: ServerProcess, pages: Pages): Promise<Row[]> {
  await refuseCacheable(parley, pages.shortPages);
  await refuseCacheable(parley, pages.longPages);
  await using bare = await startBare({ databaseUrl: bench.world.databaseUrl });
  const barePages = inTurn(pages.shortIds.map((id) => `/threads/${id}`));
  const [shortPages, longPages] = [inTurn(pages.shortPages), inTurn(pages.longPages)];
  const runs = await alternate(bench.effort.rounds, {
    bare: () => read(bench, bare, barePages),
    short: () => read(bench, parley, shortPages),
    long: () => read(bench, parley, longPages),
  });
  return [
    toRow("page of a thread of 100, uncached", runs.short, runs.bare, "bare Hono, one json_agg", RATIO_MIN),
    toRow("page of a thread of 10,000, uncached", runs.long, runs.short, "of a thread of 100"),
  ];
}

/**
 * The next path at each call, going on where the last round ended. A round that began anew would ask again for what was asked for
 * just before, and be answered from the cache.
 */
function inTurn(paths: readonly string[]): () => string {
  let last = 0;
  return () => paths[(last += 1) % paths.length] ?? "/";
}

/** Read in turn, a list that is longer than the cache never finds anything in it. */
async function refuseCacheable(parley: ServerProcess, paths: readonly string[]): Promise<void> {
  const { length } = await (await fetch(parley.origin + (paths[0] ?? ""))).text();
  if (length * paths.length < PAGES_BYTES_MAX * 1.5)
    throw new Error("These pages would come from the cache.");
}

function toRow(
  what: string,
  measured: ReadResult[],
  beside: ReadResult[],
  besideWhat: string,
  ratioMin?: number,
): Row {
  const describe = (runs: ReadResult[]) =>
    `${perSecond(medianOf(runs, (run) => run.perSecond))}, CPU ${micros(medianOf(runs, (run) => run.cpuMicros))}`;
  const ratio = medianRatio(measured, beside, (run) => run.perSecond);
  const goal = ratioMin === undefined ? {} : { goal: `≥ ${ratioMin}`, met: ratio >= ratioMin };
  return { what, measured: describe(measured), beside: `${describe(beside)}: ${besideWhat}`, ratio, ...goal };
}

async function read({ effort }: Bench, server: ServerProcess, next: () => string): Promise<ReadResult> {
  using client = createHttpClient(server.origin);
  const get = async (_: number, caller: number) => {
    const answer = await client.call(caller, { method: "GET", path: next() });
    return answer.status === 200 && answer.bytes > PAGE;
  };
  await runLoad({ callers: CALLERS, seconds: effort.warmUpSeconds }, get);
  const cpuBefore = await server.cpuMicros();
  const result = await runLoad({ callers: CALLERS, seconds: effort.seconds }, get);
  return { ...result, cpuMicros: ((await server.cpuMicros()) - cpuBefore) / result.count };
}
