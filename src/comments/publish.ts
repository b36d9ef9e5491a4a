import type { Context } from "../context.ts";
import type { Tx } from "../db/database.ts";
import type { ActorKind } from "../db/tables.ts";
import { newId } from "../ids.ts";
import { oweAll } from "../queue/outbox.ts";
import { emitEvents } from "../webhooks/emit.ts";
import type { EventComment } from "../webhooks/events.ts";
import type { CommentStatus } from "./status.ts";
import {
  type AppliedRow,
  applyCounters,
  applyDecisionRows,
  type CounterChanges,
  lockComments,
} from "./store/apply.ts";
import { oweReports } from "./store/reports.ts";
import { eventForTransition, type StatusEvent } from "./transitions.ts";

/** A decision someone wants recorded: the policy, a moderator, the author or the system. */
export type Proposal = {
  comment: EventComment & { siteId: number; version: number };
  toStatus: CommentStatus;
  actor: { kind: ActorKind; name: string };
  action: string;
  reason: string | null;
  note?: string | null;
  undoes?: string | null;
  policyVersion?: number | null;
  /** The learned model that a policy asked. */
  modelVersion?: string | null;
  /** JSON, as is `trace`. */
  evidence?: string;
  trace?: string;
  /** What evidence and trace leave out. */
  frameId?: string | null;
  priority?: number;
};

export type Applied = {
  decisionId: string;
  commentId: string;
  from: CommentStatus;
  to: CommentStatus;
  version: number;
};

/**
 * Records decisions: decision row, status, counters, revision and events in one transaction. The only way in which a
 * comment's status changes after its birth. A proposal whose comment has moved on in the meantime is left out of the result:
 * compare-and-set by version is what makes every retry harmless.
 */
export async function publishDecisions(ctx: Context, proposals: Proposal[]): Promise<Applied[]> {
  if (proposals.length === 0) return [];
  return ctx.db.transaction((tx) => publishInTransaction(ctx, tx, proposals));
}

export async function publishInTransaction(ctx: Context, tx: Tx, proposals: Proposal[]): Promise<Applied[]> {
  const at = ctx.clock.now();
  const planned = new Map(
    proposals.map((proposal) => [proposal.comment.id, { id: newId(at.getTime()), proposal }]),
  );
  const parents = proposals.flatMap(({ comment }) => comment.parentId ?? []);
  const decisions = [...planned.values()].map(({ id, proposal }) => toRow(id, proposal));
  const [, rows] = await Promise.all([
    parents.length > 0 ? lockComments(tx, [...planned.keys(), ...parents]) : undefined,
    applyDecisionRows(tx, decisions, at),
  ]);
  if (rows.length === 0) return [];
  await emitEvents(ctx, tx, toEvents(planned, rows, at));
  await oweLessons(ctx, tx, { planned, rows, at });
  await oweToServices(ctx, tx, { planned, rows, at });
  const changes = toCounterChanges(rows);
  applyCounters(tx, changes);
  tx.onCommit(() => {
    for (const threadId of changes.threads.keys()) ctx.caches.forgetThread(threadId);
    for (const { id, to_status: to } of rows) {
      ctx.metrics.decisions.inc({ actor: planned.get(id)?.proposal.actor.kind ?? "system", to });
    }
  });
  return rows.map((row) => ({
    decisionId: planned.get(row.id)?.id ?? "",
    commentId: row.id,
    from: row.from_status,
    to: row.to_status,
    version: row.version,
  }));
}

/** Whatever a moderator decides, or takes back, may be something to learn from. The policy does not teach itself. */
async function oweLessons(
  ctx: Context,
  tx: Tx,
  { planned, rows, at }: { planned: Planned; rows: AppliedRow[]; at: Date },
): Promise<void> {
  const ids = byModerators(planned, rows);
  if (ids.length === 0) return;
  await oweAll(tx, "model.learn", ids, at);
  tx.onCommit(() => ctx.dispatch("model.learn", ids));
}

/** Services that were asked about a comment may want to know that a moderator saw it otherwise. */
async function oweToServices(
  ctx: Context,
  tx: Tx,
  { planned, rows, at }: { planned: Planned; rows: AppliedRow[]; at: Date },
): Promise<void> {
  const ids = byModerators(planned, rows);
  const owed = ids.length === 0 ? [] : await oweReports(tx, ids, at);
  if (owed.length > 0) tx.onCommit(() => ctx.dispatch("external.report", owed));
}

function byModerators(planned: Planned, rows: AppliedRow[]): string[] {
  return rows.flatMap(({ id }) => (planned.get(id)?.proposal.actor.kind === "moderator" ? [id] : []));
}

function toRow(id: string, proposal: Proposal) {
  return {
    id,
    commentId: proposal.comment.id,
    expectedVersion: proposal.comment.version,
    toStatus: proposal.toStatus,
    actorKind: proposal.actor.kind,
    actor: proposal.actor.name,
    action: proposal.action,
    reason: proposal.reason,
    note: proposal.note ?? null,
    undoes: proposal.undoes ?? null,
    policyVersion: proposal.policyVersion ?? null,
    modelVersion: proposal.modelVersion ?? null,
    evidence: proposal.evidence ?? null,
    trace: proposal.trace ?? null,
    frameId: proposal.frameId ?? null,
    priority: proposal.priority ?? 0,
  };
}

type Planned = Map<string, { id: string; proposal: Proposal }>;

function toEvents(planned: Planned, rows: AppliedRow[], at: Date) {
  return rows.flatMap((row) => {
    const plan = planned.get(row.id);
    const type = plan && eventOf(plan.proposal.action, row);
    if (!plan || !type) return [];
    const { actor, reason, comment } = plan.proposal;
    const rule = actor.kind === "policy" ? actor.name : null;
    const decision = { id: plan.id, by: actor.kind, rule, reason };
    const facts = { type, comment, status: row.to_status, version: row.version, decision, at };
    return [{ siteId: row.site_id, facts }];
  });
}

/** An edit is news also while the comment is still pending; being put back to pending by an undo is none. */
function eventOf(action: string, row: AppliedRow): StatusEvent | undefined {
  if (action === "edit") return "comment.edited";
  return row.to_status === "pending" ? undefined : eventForTransition(row.from_status, row.to_status);
}

/** Sums of what changed, so that each author, parent and thread is written once for a whole batch. */
function toCounterChanges(rows: AppliedRow[]): CounterChanges {
  const changes: CounterChanges = { authors: new Map(), replies: new Map(), threads: new Map() };
  for (const row of rows) {
    const author = changes.authors.get(row.author_id) ?? { published: 0, held: 0, rejected: 0, spam: 0 };
    for (const name of ["published", "held", "rejected", "spam"] as const) {
      author[name] += Number(row.to_status === name) - Number(row.from_status === name);
    }
    changes.authors.set(row.author_id, author);
    const published = Number(row.to_status === "published") - Number(row.from_status === "published");
    if (published === 0) continue;
    changes.threads.set(row.thread_id, (changes.threads.get(row.thread_id) ?? 0) + published);
    if (row.parent_id)
      changes.replies.set(row.parent_id, (changes.replies.get(row.parent_id) ?? 0) + published);
  }
  return changes;
}
