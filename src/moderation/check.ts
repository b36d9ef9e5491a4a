import type { Applied, Proposal } from "../comments/publish.ts";
import { publishDecisions } from "../comments/publish.ts";
import type { Context } from "../context.ts";
import { claimOwed, CLAIMS_MAX, type Lease, release, settle } from "../queue/outbox.ts";
import { forgetUnasked, needsAnswers, setApart } from "./external/consult.ts";
import { giveUpForNow, isElsewhere } from "./give-up.ts";
import { judge, toProposal } from "./judge.ts";
import { type Loaded, loadSubjects } from "./load-subjects.ts";
import { type CheckRow, loadForCheck } from "./store.ts";

/** Of a batch so many comments share the time that noting each signal's own takes: 15 notes a comment cost as much as a signal. */
const TIMED_EVERY = 8;

/**
 * Checks and decides comments: claim, load, signals, policy, decision. What another worker holds or has already done is left
 * alone, so the same job may come any number of times. A comment that makes the batch fail is tried again alone, and parked
 * for a moderator, with its reason, when it goes on failing, also when it takes the process with it each time.
 * @param fillTo takes other comments that wait along, up to so many: a batch costs little more than one of them
 * @throws when the store or another part is away: then the whole job is worth another try.
 */
export async function checkComments(ctx: Context, ids: string[], fillTo = 0): Promise<Applied[]> {
  const leases = await claimOwed(ctx.db, "comment.check", ids, ctx.clock.now(), fillTo);
  if (leases.length === 0) return [];
  const stop = ctx.metrics.checkBatch.startTimer();
  try {
    return await checkLeased(ctx, leases);
  } catch (error) {
    // No fault of the comments: as if they had never been taken, if the store can still be told so.
    await release(ctx.db, "comment.check", leases, ctx.clock.now()).catch(() => undefined);
    throw error;
  } finally {
    stop();
  }
}

async function checkLeased(ctx: Context, leases: Lease[]): Promise<Applied[]> {
  const keys = leases.map((lease) => lease.key);
  const rows = (await loadForCheck(ctx.db, keys)).filter((row) => row.status === "pending");
  await settleNeedless(ctx, leases, rows);
  const attempts = new Map(leases.map((lease) => [lease.key, lease.attempts]));
  const attemptsOf = (row: CheckRow) => attempts.get(row.id) ?? 1;
  const fresh = rows.filter((row) => attemptsOf(row) === 1);
  const seen = rows.filter((row) => attemptsOf(row) > 1);
  // Whatever has been tried before does not share its batch's fate again.
  return [...(await checkTogether(ctx, fresh)), ...(await checkOneByOne(ctx, seen, attemptsOf))];
}

/** What was claimed but needs no check any more: erased, or decided by someone else. */
async function settleNeedless(ctx: Context, leases: Lease[], pending: CheckRow[]): Promise<void> {
  const needed = new Set(pending.map((row) => row.id));
  const needless = leases.filter((lease) => !needed.has(lease.key));
  if (needless.length > 0) await settle(ctx.db, "comment.check", needless);
}

async function checkTogether(ctx: Context, rows: CheckRow[]): Promise<Applied[]> {
  try {
    return await checkRows(ctx, rows);
  } catch (error) {
    if (isElsewhere(error)) throw error;
    ctx.log.warn({ err: error, comments: rows.length }, "batch failed; its comments are checked one by one");
    return checkOneByOne(ctx, rows, () => 1);
  }
}

async function checkRows(ctx: Context, rows: CheckRow[]): Promise<Applied[]> {
  if (rows.length === 0) return [];
  const loaded = await loadSubjects(ctx, rows);
  const proposals: Proposal[] = [];
  const decided: Loaded[] = [];
  const apart: string[] = [];
  for (const [index, one] of loaded.entries()) {
    const judgement = await judge(ctx, one, index % TIMED_EVERY === 0);
    if (needsAnswers(one.site, judgement)) apart.push(one.row.id);
    else {
      decided.push(one);
      proposals.push(toProposal(ctx, one, judgement));
    }
  }
  const applied = await publishDecisions(ctx, proposals);
  await forgetUnasked(ctx, decided);
  if (apart.length > 0) await setApart(ctx, apart);
  for (const { row } of decided)
    ctx.metrics.checkWait.observe((ctx.clock.nowMs() - row.created_at.getTime()) / 1_000);
  return applied;
}

async function checkOneByOne(
  ctx: Context,
  rows: CheckRow[],
  attemptsOf: (row: CheckRow) => number,
): Promise<Applied[]> {
  const applied: Applied[] = [];
  for (const row of rows) {
    try {
      if (attemptsOf(row) > CLAIMS_MAX) throw new Error("No check of it ever came to an end.");
      applied.push(...(await checkRows(ctx, [row])));
    } catch (error) {
      if (isElsewhere(error)) throw error;
      applied.push(...(await giveUpForNow(ctx, "comment.check", row, error)));
    }
  }
  return applied;
}
