import type { CommentStatus } from "../../comments/status.ts";
import type { Actor } from "./present.ts";
import type { DecisionLogRow } from "./store/decisions.ts";

/** One line of a comment's decision log. */
export type LoggedDecision = {
  id: string;
  by: Actor;
  action: string;
  from: CommentStatus;
  to: CommentStatus;
  reason: string | null;
  note: string | null;
  at: Date;
  /** The comment's version after it, and the text it was about. */
  version: number;
  revision: number;
  policyVersion: number | null;
  /** The decision that this one took back, and the one that took this one back. */
  undoes: string | null;
  undoneBy: string | null;
};

export function toLoggedDecisions(rows: DecisionLogRow[]): LoggedDecision[] {
  const undone = new Map(rows.flatMap((row) => (row.undoes === null ? [] : [[row.undoes, row.id]])));
  return rows.map((row) => ({
    id: row.id,
    by: { kind: row.actor_kind, name: row.actor },
    action: row.action,
    from: row.from_status,
    to: row.to_status,
    reason: row.reason,
    note: row.note,
    at: row.created_at,
    version: row.comment_version,
    revision: row.comment_revision,
    policyVersion: row.policy_version,
    undoes: row.undoes,
    undoneBy: undone.get(row.id) ?? null,
  }));
}
