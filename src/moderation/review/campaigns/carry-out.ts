import type { Applied, Proposal } from "../../../comments/publish.ts";
import { publishInTransaction } from "../../../comments/publish.ts";
import { toProposalComment } from "../../../comments/to-proposal.ts";
import { nextStatus } from "../../../comments/transitions.ts";
import type { Context } from "../../../context.ts";
import type { Tx } from "../../../db/database.ts";
import { owe } from "../../../queue/outbox.ts";
import {
  type ActRow,
  advanceAct,
  findActDecisions,
  findBanned,
  finishAct,
  lockAct,
  lockMembers,
  logActDecisions,
  nextMembers,
} from "../store/campaign-acts.ts";
import {
  type DecidableRow,
  type DecisionLogRow,
  findDecidable,
  findDecisionLogs,
  setActorId,
} from "../store/decisions.ts";
import { CAMPAIGN_RULE } from "../../campaigns/follow.ts";
import { effectiveDecisions, UNDO } from "../effective-decisions.ts";
import { statusBefore } from "../undo-decision.ts";

/** Comments of one transaction. */
const BATCH_MAX = 100;

/**
 * Does to a campaign's comments what an act says, a hundred at a time in their order, each hundred with the note of how far it
 * has come: so it may be cut short anywhere and carried on by anyone. Tells whether it is done.
 */
export async function carryOutAct(
  ctx: Context,
  actId: string,
  { batchesMax, signal }: { batchesMax: number; signal?: AbortSignal },
): Promise<boolean> {
  for (let batch = 0; batch < batchesMax; batch += 1) {
    if (signal?.aborted) return false;
    if (await ctx.db.transaction((tx) => carryOutBatch(ctx, tx, actId))) return true;
  }
  return false;
}

async function carryOutBatch(ctx: Context, tx: Tx, actId: string): Promise<boolean> {
  const act = await lockAct(tx, actId);
  if (!act || act.finished_at !== null) return true;
  const members = await nextMembers(tx, act.campaign_id, act.position, BATCH_MAX);
  const last = members.at(-1);
  if (last) {
    const ids = members.map((member) => member.comment_id);
    await lockMembers(tx, [...ids, ...members.flatMap((member) => member.parent_id ?? [])]);
    const rows = await findDecidable(tx, null, ids);
    const proposals =
      act.kind === "undo" ? await toRestorations(tx, act, ids, rows) : await toDecisions(tx, act, ids, rows);
    const applied = await publish(ctx, tx, act, proposals);
    await advanceAct(tx, act.id, last.comment_id, applied.length);
  }
  if (members.length === BATCH_MAX) return false;
  await finishAct(tx, act.id, ctx.clock.now());
  return true;
}

type Rows = ReadonlyMap<string, DecidableRow>;

async function toDecisions(tx: Tx, act: ActRow, ids: string[], rows: Rows): Promise<Proposal[]> {
  const { action } = act;
  if (action === null) return [];
  const open = ids.flatMap((id) => rows.get(id) ?? []).filter((row) => row.status !== "removed");
  const undecided = await withoutDecided(tx, act, open);
  const banned =
    action === "publish"
      ? await findBanned(
          tx,
          undecided.map((row) => row.author_id),
        )
      : new Set<string>();
  return undecided
    .filter((row) => nextStatus(row.status, action) !== row.status && !banned.has(row.author_id))
    .map((row) => ({
      comment: toProposalComment(row),
      toStatus: nextStatus(row.status, action),
      actor: { kind: "moderator" as const, name: act.actor },
      action,
      reason: act.reason,
      note: toNote(act),
      evidence: JSON.stringify({ campaign: act.campaign_id, act: act.id }),
      priority: row.priority,
    }));
}

/**
 * What waits for a decision, and what is published if the act says so. A comment whose check ended only after the act was
 * waiting when the moderator decided.
 */
async function withoutDecided(tx: Tx, act: ActRow, rows: DecidableRow[]): Promise<DecidableRow[]> {
  const isLate = (row: DecidableRow) => row.status === "published" && row.status_at >= act.created_at;
  const late = act.include_published ? [] : rows.filter((row) => isLate(row));
  const logs = late.length === 0 ? new Map<string, DecisionLogRow[]>() : await logsOf(tx, late);
  return rows.filter((row) => {
    if (row.status === "pending" || row.status === "held") return true;
    if (row.status !== "published") return false;
    if (act.include_published) return true;
    const latest = effectiveDecisions(logs.get(row.id) ?? []).at(-1);
    return latest?.actor_kind === "policy" && latest.actor !== CAMPAIGN_RULE && isLate(row);
  });
}

async function toRestorations(tx: Tx, act: ActRow, ids: string[], rows: Rows): Promise<Proposal[]> {
  if (act.undoes === null) return [];
  const undone = await lockAct(tx, act.undoes);
  if (!undone) return [];
  const decided = await findActDecisions(tx, undone.id, ids);
  const known = ids.flatMap((id) => rows.get(id) ?? []).filter((row) => row.status !== "removed");
  const logs = await logsOf(tx, known);
  return known.flatMap((row) => {
    const log = logs.get(row.id) ?? [];
    const effective = effectiveDecisions(log);
    const decision = effective.at(-1);
    if (!decision || !(decided.has(decision.id) || isFollower(decision, undone))) return [];
    const toStatus = statusBefore({ decision, log });
    if (toStatus === row.status) return [];
    return [
      {
        comment: toProposalComment(row),
        toStatus,
        actor: { kind: "moderator" as const, name: act.actor },
        action: UNDO,
        // What held before holds again, also towards the author.
        reason: effective.at(-2)?.reason ?? null,
        note: toNote(act),
        undoes: decision.id,
        evidence: JSON.stringify({ campaign: act.campaign_id, act: act.id }),
        priority: row.priority,
      },
    ];
  });
}

/** The check decided it in the name of the decision that is taken back. */
function isFollower(decision: DecisionLogRow, undone: ActRow): boolean {
  const { actor_kind: kind, actor, created_at: at } = decision;
  return kind === "policy" && actor === CAMPAIGN_RULE && at >= undone.created_at;
}

async function logsOf(tx: Tx, rows: DecidableRow[]): Promise<Map<string, DecisionLogRow[]>> {
  const log = await findDecisionLogs(
    tx,
    rows.map((row) => row.id),
  );
  return Map.groupBy(log, (one) => one.comment_id);
}

async function publish(ctx: Context, tx: Tx, act: ActRow, proposals: Proposal[]): Promise<Applied[]> {
  if (proposals.length === 0) return [];
  const applied = await publishInTransaction(ctx, tx, proposals);
  await setActorId(
    tx,
    applied.map(({ decisionId }) => decisionId),
    act.actor_id,
  );
  await logActDecisions(tx, act.id, applied);
  // After the decisions, which settled what was still owed.
  const unchecked = applied.filter(({ to }) => to === "pending").map(({ commentId }) => commentId);
  for (const id of unchecked) await owe(tx, "comment.check", id, null, ctx.clock.now());
  if (unchecked.length > 0) tx.onCommit(() => ctx.dispatch("comment.check", unchecked));
  return applied;
}

function toNote({ note, campaign_id: campaign }: ActRow): string {
  return note === null ? `Campaign ${campaign}` : `${note} (campaign ${campaign})`;
}
