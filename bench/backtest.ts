import { monitorEventLoopDelay } from "node:perf_hooks";
import { createCaches } from "../src/caches.ts";
import { type Database, openDatabase } from "../src/db/database.ts";
import { newId } from "../src/ids.ts";
import { BACKTEST_LIMITS, backtestPolicy } from "../src/moderation/backtest/backtest.ts";
import type { Trial } from "../src/moderation/backtest/trial.ts";
import { decide } from "../src/moderation/decide.ts";
import { compilePolicy } from "../src/moderation/policy.ts";
import { readPreset } from "../src/moderation/policy/presets.ts";
import { describeFrame, toFrame } from "../src/moderation/frame.ts";
import { writeRecord } from "../src/moderation/record.ts";
import { runSignals } from "../src/moderation/run-signals.ts";
import { readCases } from "../src/moderation/store/automation.ts";
import { keepFrame } from "../src/moderation/store/frames.ts";
import { countHits, countJudged } from "../src/moderation/store/statistics.ts";
import { FACTS, SIGNALS } from "../src/moderation/signals/index.ts";
import { loadSite } from "../src/sites/site.ts";
import { alternate, medianOf, medianRatio } from "./support/alternate.ts";
import type { Bench } from "./support/bench.ts";
import { ms, perSecond, type Row } from "./support/report.ts";
import { makeSubjects } from "./support/subjects.ts";
import { SITE, type World } from "./support/world.ts";

const BATCH = 500;
/** One comment in so many was decided by a moderator, too. */
const JUDGED_EVERY = 10;
const PER_SECOND_MIN = 3_000;
const TICK_MS = 5;
const ROUNDS = 3;
const FIRST_ID = "00000000-0000-0000-0000-000000000000";
const LAST_ID = "ffffffff-ffff-ffff-ffff-ffffffffffff";

type Run = { perSecond: number; lateMs: number };

/** Past decisions decided anew a second, beside reading the very same rows and doing nothing with them. */
export async function measureBacktest(bench: Bench): Promise<Row[]> {
  const { world, effort } = bench;
  bench.say("backtesting");
  await world.clear();
  await using db = openDatabase({ url: world.databaseUrl, poolMax: 2, onError: () => {} });
  await fillDecisions(world, db, effort.backlog);
  const caches = createCaches({ site: async () => undefined });
  const site = await loadSite(db, SITE);
  if (!site) throw new Error("The site of the bench is gone.");
  const policy = compilePolicy(await readPreset("strict"), FACTS);
  const trial: Trial = { policy, model: null, revisions: [] };
  const limit = Math.min(effort.backlog, BACKTEST_LIMITS.decisionsMax);
  const options = { limit, deadlineMs: 600_000, showTexts: true };
  const run = async () => {
    const { decisions } = await backtestPolicy({ db, caches, signals: SIGNALS }, site, trial, options);
    return decisions;
  };
  await run();
  const runs = await alternate(effort.rounds, {
    floor: () => timed(() => readPlainly(world, limit)),
    backtest: () => timed(run),
  });
  const rate = medianOf(runs.backtest, (one) => one.perSecond);
  return [
    {
      what: `backtest of ${limit.toLocaleString("en")} decisions, strict policy`,
      measured: `${perSecond(rate)}, event loop late by ${ms(medianOf(runs.backtest, (one) => one.lateMs))} at most`,
      beside: `${perSecond(medianOf(runs.floor, (one) => one.perSecond))} plain reads of the same rows`,
      ratio: medianRatio(runs.backtest, runs.floor, (one) => one.perSecond),
      goal: `≥ ${perSecond(PER_SECOND_MIN)}`,
      met: rate >= PER_SECOND_MIN,
    },
    ...(await measureFigures(db, limit)),
  ];
}

/** What an editor waits for: a day's statistics, counted the first time they are asked for, and the curve of automation. */
async function measureFigures(db: Database, limit: number): Promise<Row[]> {
  const range = { siteId: 1, fromId: FIRST_ID, toId: LAST_ID };
  const of = limit.toLocaleString("en");
  const day = await alternate(ROUNDS, { counted: () => millisOf(() => countHits(db, range)) });
  const judged = await alternate(ROUNDS, { judged: () => millisOf(() => countJudged(db, range)) });
  const curve = await alternate(ROUNDS, { read: () => millisOf(() => readCases(db, { ...range, limit })) });
  return [
    { what: `statistics: rules of ${of} decisions, first time`, measured: median(day.counted) },
    { what: `statistics: what moderators made of them`, measured: median(judged.judged) },
    { what: `automation: the cases of ${of} decisions`, measured: median(curve.read) },
  ];
}

function median(runs: number[]): string {
  return ms(medianOf(runs, (run) => run));
}

async function millisOf(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

/** How many a second, and the longest that anything else had to wait for its turn meanwhile. */
async function timed(work: () => Promise<number>): Promise<Run> {
  const delays = monitorEventLoopDelay({ resolution: TICK_MS });
  delays.enable();
  const startMs = performance.now();
  const count = await work();
  const seconds = (performance.now() - startMs) / 1_000;
  delays.disable();
  return { perSecond: count / seconds, lateMs: Math.max(0, delays.max / 1e6 - TICK_MS) };
}

async function readPlainly({ pool }: World, limit: number): Promise<number> {
  let before = LAST_ID;
  let count = 0;
  while (count < limit) {
    const { rows } = await pool.query<{ id: string }>({
      name: "bench-past-decisions",
      text: `select id, comment_id, actor, action, evidence, trace, frame_id from decisions
        where site_id = 1 and actor_kind = 'policy' and id < $1 order by id desc limit $2`,
      values: [before, Math.min(BATCH, limit - count)],
    });
    const last = rows.at(-1);
    if (!last) return count;
    count += rows.length;
    before = last.id;
  }
  return count;
}

/** Decisions as the check records them, of the texts that the bench knows, by the balanced policy. */
async function fillDecisions({ pool }: World, db: Database, total: number): Promise<void> {
  const policy = compilePolicy(await readPreset("balanced"), FACTS, 1);
  const frame = toFrame(describeFrame(SIGNALS, policy));
  await keepFrame(db, describeFrame(SIGNALS, policy));
  const kinds: { actor: string; action: string; evidence: string; trace: string }[] = [];
  for (const subject of makeSubjects()) {
    const { evidence } = await runSignals(SIGNALS, subject);
    const decision = decide(evidence, policy);
    const { ruleId, action } = decision;
    kinds.push({ actor: ruleId ?? "otherwise", action, ...writeRecord(frame, evidence, decision) });
  }
  for (let from = 0; from < total; from += BATCH) {
    const numbers = Array.from({ length: Math.min(BATCH, total - from) }, (_, n) => from + n);
    const rows = numbers.map((n) => kinds[n % kinds.length] ?? kinds[0]);
    const comments = numbers.map(() => newId());
    const values = [
      numbers.map(() => newId()),
      comments,
      frame.id,
      ...(["actor", "action", "evidence", "trace"] as const).map((name) => rows.map((row) => row?.[name])),
    ];
    await pool.query(INSERT_DECISIONS, values);
    const judged = comments.filter((_, n) => n % JUDGED_EVERY === 0);
    await pool.query(INSERT_VERDICTS, [judged.map(() => newId()), judged]);
  }
  await pool.query("vacuum analyze decisions");
}

const INSERT_DECISIONS = `
  insert into decisions (id, site_id, comment_id, comment_revision, comment_version, actor_kind, actor, action, from_status,
    to_status, policy_version, frame_id, evidence, trace, created_at)
  select id, 1, comment_id, 1, 2, 'policy', actor, action, 'pending', 'held', 1, $3, evidence::json, trace::json, now()
  from unnest($1::uuid[], $2::uuid[], $4::text[], $5::text[], $6::text[], $7::text[])
    as t(id, comment_id, actor, action, evidence, trace)`;

const INSERT_VERDICTS = `
  insert into decisions (id, site_id, comment_id, comment_revision, comment_version, actor_kind, actor, action, from_status,
    to_status, created_at)
  select id, 1, comment_id, 1, 3, 'moderator', 'Ada', 'publish', 'held', 'published', now()
  from unnest($1::uuid[], $2::uuid[]) as t(id, comment_id)`;
