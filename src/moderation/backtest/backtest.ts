import { setImmediate as nextTurn } from "node:timers/promises";
import type { Context } from "../../context.ts";
import type { Site } from "../../sites/site.ts";
import { decide } from "../decide.ts";
import { withWholeRecords } from "../load-frames.ts";
import {
  type PastDecisionRow,
  type PastTextRow,
  readPastDecisions,
  readPastTexts,
} from "../store/backtest.ts";
import { reviseEvidence, textOf } from "./revise.ts";
import { readPastRecord } from "./read-record.ts";
import { type BacktestReport, reportBacktest } from "./report.ts";
import { type BacktestTally, countDecision, createTally } from "./tally.ts";
import type { Trial } from "./trial.ts";

export const BACKTEST_LIMITS = {
  /** Decisions of one backtest. */
  decisionsMax: 50_000,
  decisionsDefault: 5_000,
  /** Of a request; what was counted until then is the answer. */
  deadlineMs: 20_000,
} as const;

/** Decisions read at a time: a few hundred kilobytes. */
const BATCH = 500;
/** Milliseconds of work after which others have their turn: requests that wait notice nothing. */
const TURN_MS = 4;
const LAST_ID = "ffffffff-ffff-ffff-ffff-ffffffffffff";

export type BacktestOptions = {
  /** How many of the latest decisions; at most {@link BACKTEST_LIMITS}.decisionsMax. */
  limit: number;
  deadlineMs: number;
  /** Whether examples show the beginning of the comment: not to those who may not read comments. */
  showTexts: boolean;
  /** Of a caller who does not wait for the answer any more. */
  signal?: AbortSignal;
};

/**
 * Decides the latest automatic decisions of a site anew, from their stored evidence, and compares. Changes nothing. Each
 * text counts on its own: an edited comment has a decision for each of its texts. What earlier decisions would have changed
 * of later facts (an author's published comments, say) is not played through: every fact is as it was found then. Sampling is left
 * aside, before and after: without the id of the comment nothing is sampled.
 */
export async function backtestPolicy(
  ctx: Pick<Context, "db" | "caches" | "signals">,
  site: Site,
  trial: Trial,
  options: BacktestOptions,
): Promise<BacktestReport> {
  const startMs = performance.now();
  const versions = new Map(ctx.signals.map(({ name, version }) => [name, version]));
  const tally = createTally(trial, versions);
  const complete = await countAll(ctx, { site, trial, tally, options, startMs });
  const seconds = (performance.now() - startMs) / 1_000;
  const { showTexts } = options;
  return reportBacktest(ctx, trial, tally, { complete, seconds, showTexts });
}

type Run = { site: Site; trial: Trial; tally: BacktestTally; options: BacktestOptions; startMs: number };

/** False when time ran out. */
async function countAll(
  ctx: Pick<Context, "db" | "caches">,
  { site, trial, tally, options, startMs }: Run,
): Promise<boolean> {
  const isOver = () => performance.now() - startMs > options.deadlineMs || options.signal?.aborted === true;
  let turnMs = performance.now();
  for await (const rows of readBatches(ctx, site, trial, options.limit)) {
    if (isOver()) return false;
    for (const row of rows) {
      count(trial, tally, row);
      if (performance.now() - turnMs < TURN_MS) continue;
      if (isOver()) return false;
      await nextTurn();
      turnMs = performance.now();
    }
  }
  return true;
}

type PastRow = PastDecisionRow & Partial<PastTextRow>;

/** From the latest decision back; while one batch is counted, the next is being read. */
async function* readBatches(
  ctx: Pick<Context, "db" | "caches">,
  site: Site,
  trial: Trial,
  limit: number,
): AsyncGenerator<PastRow[]> {
  const needsText = trial.revisions.some((revision) => revision.needsText);
  const read = async (beforeId: string, count: number): Promise<PastRow[]> => {
    const batch = { siteId: site.id, beforeId, limit: count };
    return withWholeRecords<PastRow>(
      ctx,
      await (needsText ? readPastTexts(ctx.db, batch) : readPastDecisions(ctx.db, batch)),
    );
  };
  let left = limit;
  let next: Promise<PastRow[]> | undefined = read(LAST_ID, Math.min(BATCH, left));
  while (next !== undefined) {
    const rows: PastRow[] = await next;
    left -= rows.length;
    const last = rows.at(-1);
    next = rows.length < BATCH || left <= 0 || !last ? undefined : read(last.id, Math.min(BATCH, left));
    // Whoever stops early leaves it unread; its failure then concerns nobody.
    next?.catch(() => undefined);
    yield rows;
  }
}

function count(trial: Trial, tally: BacktestTally, row: PastRow): void {
  const record = readPastRecord(row.evidence, row.trace);
  if (!record) {
    tally.unreadable += 1;
    return;
  }
  const { policy, revisions } = trial;
  const evidence =
    revisions.length === 0 ? record.evidence : reviseEvidence(record.evidence, revisions, textOf(row));
  if (!evidence) {
    tally.textGone += 1;
    return;
  }
  countDecision(tally, row, record, decide(evidence, policy));
}
