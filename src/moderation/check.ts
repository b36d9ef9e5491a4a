import type { Applied, Proposal } from "../comments/publish.ts";
import { publishDecisions, publishInTransaction } from "../comments/publish.ts";
import { nextStatus } from "../comments/transitions.ts";
import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import { claimOwed, CLAIMS_MAX, giveBack, type Lease, release, settle } from "../queue/outbox.ts";
import { getActivePolicy } from "./active-policy.ts";
import { decide } from "./decide.ts";
import { type Loaded, loadSubjects } from "./load-subjects.ts";
import { NO_RULE } from "./policy/document.ts";
import { packDecision, packEvidence } from "./record.ts";
import { runSignals } from "./run-signals.ts";
import { type CheckRow, loadForCheck } from "./store.ts";

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

/** The store is away, or too busy: whatever else says `unavailable` is about the comment itself. */
function isElsewhere(error: unknown): boolean {
  return error instanceof AppError && error.reason === "store_unavailable";
}

async function checkRows(ctx: Context, rows: CheckRow[]): Promise<Applied[]> {
  if (rows.length === 0) return [];
  const loaded = await loadSubjects(ctx, rows);
  const proposals: Proposal[] = [];
  for (const one of loaded) proposals.push(await judge(ctx, one));
  const applied = await publishDecisions(ctx, proposals);
  for (const row of rows)
    ctx.metrics.checkWait.observe((ctx.clock.nowMs() - row.created_at.getTime()) / 1_000);
  return applied;
}

async function judge(ctx: Context, { row, site, subject }: Loaded): Promise<Proposal> {
  const policy = await getActivePolicy(ctx, site);
  const { evidence, durations } = await runSignals(ctx.signals, subject);
  for (const [signal, seconds] of durations) ctx.metrics.signal.observe({ signal }, seconds);
  const decision = decide(evidence, policy, { commentId: row.id });
  const rule = decision.ruleId ?? NO_RULE;
  ctx.metrics.ruleHits.inc({ site: site.key, rule, action: decision.action });
  return {
    comment: toEventComment(row),
    toStatus: nextStatus(row.status, decision.action),
    actor: { kind: "policy", name: rule },
    action: decision.action,
    reason: decision.reason,
    policyVersion: site.policyVersion,
    modelVersion: subject.model.version,
    evidence: packEvidence(evidence),
    trace: packDecision(decision),
    priority: decision.priority,
  };
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
      applied.push(...(await giveUpForNow(ctx, row, error)));
    }
  }
  return applied;
}

/** A comment that cannot be checked must not vanish: once its tries are used up, a moderator gets it with the reason. */
async function giveUpForNow(ctx: Context, row: CheckRow, error: unknown): Promise<Applied[]> {
  const message = error instanceof Error ? error.message : String(error);
  ctx.log.error({ err: error, commentId: row.id }, "comment could not be checked");
  return ctx.db.transaction(async (tx) => {
    const state = await giveBack(tx, "comment.check", row.id, message, ctx.clock.now());
    if (!state?.parked) return [];
    const note = `The checks failed ${state.attempts} times: ${message}`.slice(0, 500);
    return publishInTransaction(ctx, tx, [
      {
        comment: toEventComment(row),
        toStatus: "held",
        actor: { kind: "system", name: "check" },
        action: "hold",
        reason: "check_failed",
        note,
      },
    ]);
  });
}

function toEventComment(row: CheckRow): Proposal["comment"] {
  return {
    id: row.id,
    siteId: row.site_id,
    version: row.version,
    siteKey: row.site_key,
    thread: { key: row.thread_key, url: row.thread_url, title: row.thread_title },
    parentId: row.parent_id,
    name: row.name,
    website: row.website,
    body: row.body,
    revision: row.revision,
    createdAt: row.created_at,
  };
}
