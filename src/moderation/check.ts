import type { Applied, Proposal } from "../comments/publish.ts";
import { publishDecisions } from "../comments/publish.ts";
import { nextStatus } from "../comments/transitions.ts";
import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import { claimOwed, giveBack, settle } from "../queue/outbox.ts";
import { getActivePolicy } from "./active-policy.ts";
import { decide } from "./decide.ts";
import { type Loaded, loadSubjects } from "./load-subjects.ts";
import { packEvidence, packTrace } from "./record.ts";
import { runSignals } from "./run-signals.ts";
import { type CheckRow, loadForCheck } from "./store.ts";

/**
 * Checks and decides comments: claim, load, signals, policy, decision. What another worker holds or has already done is left
 * alone, so the same job may come any number of times. A comment that makes the batch fail is tried again alone, and parked
 * for a moderator, with its reason, when it goes on failing.
 * @throws when the store or another part is away: then the whole job is worth another try.
 */
export async function checkComments(ctx: Context, ids: string[]): Promise<Applied[]> {
  const claimed = await claimOwed(ctx.db, "comment.check", ids, ctx.clock.now());
  if (claimed.length === 0) return [];
  const rows = await loadForCheck(
    ctx.db,
    claimed.map((claim) => claim.key),
  );
  const pending = rows.filter((row) => row.status === "pending");
  await settleNeedless(ctx, claimed, pending);
  const stop = ctx.metrics.checkBatch.startTimer();
  try {
    return await checkRows(ctx, pending);
  } catch (error) {
    if (error instanceof AppError && error.code === "unavailable") throw error;
    ctx.log.warn(
      { err: error, comments: pending.length },
      "batch failed; its comments are checked one by one",
    );
    return await checkOneByOne(ctx, pending);
  } finally {
    stop();
  }
}

/** What was claimed but needs no check any more: erased, or decided by someone else. */
async function settleNeedless(ctx: Context, claimed: { key: string }[], pending: CheckRow[]): Promise<void> {
  const needed = new Set(pending.map((row) => row.id));
  const needless = claimed.map((claim) => claim.key).filter((key) => !needed.has(key));
  if (needless.length > 0) await settle(ctx.db, "comment.check", needless);
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
  const decision = decide(evidence, policy);
  const rule = decision.ruleId ?? "otherwise";
  ctx.metrics.ruleHits.inc({ site: site.key, rule, action: decision.action });
  return {
    comment: toEventComment(row),
    toStatus: nextStatus(row.status, decision.action),
    actor: { kind: "policy", name: rule },
    action: decision.action,
    reason: decision.reason,
    policyVersion: site.policyVersion,
    evidence: packEvidence(evidence),
    trace: packTrace(decision.trace),
    priority: decision.priority,
  };
}

async function checkOneByOne(ctx: Context, rows: CheckRow[]): Promise<Applied[]> {
  const applied: Applied[] = [];
  for (const row of rows) {
    try {
      applied.push(...(await checkRows(ctx, [row])));
    } catch (error) {
      if (error instanceof AppError && error.code === "unavailable") throw error;
      applied.push(...(await giveUpForNow(ctx, row, error)));
    }
  }
  return applied;
}

/** A comment that cannot be checked must not vanish: once its tries are used up, a moderator gets it with the reason. */
async function giveUpForNow(ctx: Context, row: CheckRow, error: unknown): Promise<Applied[]> {
  const message = error instanceof Error ? error.message : String(error);
  ctx.log.error({ err: error, commentId: row.id }, "comment could not be checked");
  const state = await giveBack(ctx.db, "comment.check", row.id, message, ctx.clock.now());
  if (!state?.parked) return [];
  return publishDecisions(ctx, [
    {
      comment: toEventComment(row),
      toStatus: "held",
      actor: { kind: "system", name: "check" },
      action: "hold",
      reason: "check_failed",
      note: `The checks failed ${state.attempts} times: ${message}`.slice(0, 500),
    },
  ]);
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
