import type { Principal } from "../../accounts/principal.ts";
import type { Applied, Proposal } from "../../comments/publish.ts";
import type { CommentStatus } from "../../comments/status.ts";
import { toProposalComment } from "../../comments/to-proposal.ts";
import { nextStatus } from "../../comments/transitions.ts";
import type { Context } from "../../context.ts";
import type { Actor } from "./present.ts";
import { publishAs } from "./publish-as.ts";
import { impliedReason } from "./reasons.ts";
import type { DecisionInput } from "./schema.ts";
import {
  type DecidableRow,
  type DecisionLogRow,
  findDecidable,
  findDecisionsSince,
} from "./store/decisions.ts";
import { confinement } from "./view.ts";

/** What happened to a comment that someone meant to decide, and how it stands now. */
export type Conflict = {
  version: number;
  status: CommentStatus;
  /** Of the latest decision; null when there is none. */
  by: Actor | null;
  action: string | null;
  reason: string | null;
  at: Date | null;
};

export type DecisionResult =
  | {
      commentId: string;
      /** `repeated`: the same decision was already there, made by the same token; it is not made twice. */
      outcome: "decided" | "repeated";
      decisionId: string;
      /** Of the comment, after this decision. */
      version: number;
      status: CommentStatus;
    }
  | { commentId: string; outcome: "conflict"; conflict: Conflict }
  | { commentId: string; outcome: "not_found" };

/**
 * Records a moderator's decisions, each on its own: a comment that has changed since its given version keeps its state, and
 * the answer tells who did what. Results come in the order of the input, in which no comment may appear twice.
 * @throws AppError `forbidden`, `unavailable` (nothing was decided then)
 */
export async function decideComments(
  ctx: Context,
  principal: Principal,
  decisions: DecisionInput[],
): Promise<DecisionResult[]> {
  const siteId = confinement(principal, "comments:moderate");
  const rows = await findDecidable(
    ctx.db,
    siteId,
    decisions.map(({ commentId }) => commentId),
  );
  const proposals = decisions.flatMap((decision) => {
    const row = rows.get(decision.commentId);
    return row?.version === decision.version && row.status !== "removed"
      ? [toProposal(principal, decision, row)]
      : [];
  });
  const applied = await publishAs(ctx, principal, proposals);
  const done = new Map(applied.map((one) => [one.commentId, one]));
  const late = decisions.filter(({ commentId }) => rows.has(commentId) && !done.has(commentId));
  const since = Map.groupBy(await findDecisionsSince(ctx.db, late), (row) => row.comment_id);
  return decisions.map((decision) => {
    const row = rows.get(decision.commentId);
    if (!row) return { commentId: decision.commentId, outcome: "not_found" };
    const one = done.get(row.id);
    return one ? toDecided(one) : toLate(principal, decision, row, since.get(row.id) ?? []);
  });
}

function toProposal(principal: Principal, decision: DecisionInput, row: DecidableRow): Proposal {
  const { action, note } = decision;
  return {
    comment: toProposalComment(row),
    toStatus: nextStatus(row.status, action),
    actor: { kind: "moderator", name: principal.name },
    action,
    reason: decision.reason ?? impliedReason(action),
    note,
    // Kept, so that whatever is held again finds its old place.
    priority: row.priority,
  };
}

function toDecided({ commentId, decisionId, version, to }: Applied): DecisionResult {
  return { commentId, outcome: "decided", decisionId, version, status: to };
}

/** A repeated request gets its first answer again; anyone else learns what came between. */
function toLate(
  principal: Principal,
  decision: DecisionInput,
  row: DecidableRow,
  since: DecisionLogRow[],
): DecisionResult {
  const { commentId } = decision;
  const next = since.find((one) => one.comment_version === decision.version + 1);
  if (next && isSame(principal, decision, next)) {
    const { id, comment_version: version, to_status: status } = next;
    return { commentId, outcome: "repeated", decisionId: id, version, status };
  }
  return { commentId, outcome: "conflict", conflict: toConflict(since.at(-1), row) };
}

function isSame(principal: Principal, decision: DecisionInput, row: DecisionLogRow): boolean {
  return (
    row.actor_kind === "moderator" &&
    row.actor_id === principal.tokenId &&
    row.action === decision.action &&
    row.reason === (decision.reason ?? impliedReason(decision.action)) &&
    row.note === decision.note
  );
}

export function toConflict(
  latest: DecisionLogRow | undefined,
  row: Pick<DecidableRow, "version" | "status">,
): Conflict {
  if (!latest) {
    return { version: row.version, status: row.status, by: null, action: null, reason: null, at: null };
  }
  return {
    version: latest.comment_version,
    status: latest.to_status,
    by: { kind: latest.actor_kind, name: latest.actor },
    action: latest.action,
    reason: latest.reason,
    at: latest.created_at,
  };
}
