import type { CommentStatus } from "../../../comments/status.ts";
import { type Database, statement } from "../../../db/database.ts";
import type { DecisionLogRow } from "./decisions.ts";

export type AuditedComment = {
  id: string;
  site_id: number;
  site_key: string;
  status: CommentStatus;
  version: number;
  revision: number;
  created_at: Date;
};

const FIND = statement<AuditedComment>(
  "audit.comment",
  `select c.id, c.site_id, s.key as site_key, c.status, c.version, c.revision, c.created_at
   from comments c join sites s on s.id = c.site_id where c.id = $2 and ($1::int is null or c.site_id = $1)`,
);

export async function findAuditedComment(
  db: Database,
  siteId: number | null,
  id: string,
): Promise<AuditedComment | undefined> {
  return (await db.run(FIND, [siteId, id]))[0];
}

export type AuditedDecision = DecisionLogRow & {
  model_version: string | null;
  evidence: unknown;
  trace: unknown;
  frame_id: string | null;
};

/** Decisions of one comment that an audit holds: each with its evidence is some kilobytes. */
const DECISIONS_MAX = 200;

const LOG = statement<AuditedDecision>(
  "audit.decisions",
  `select * from (
     select id, site_id, comment_id, comment_revision, comment_version, actor_kind, actor, actor_id, action, from_status,
       to_status, reason, note, undoes, policy_version, model_version, evidence, trace, frame_id, created_at
     from decisions where comment_id = $1 order by comment_version desc limit ${DECISIONS_MAX}) d
   order by comment_version`,
);

/** The latest {@link DECISIONS_MAX} decisions about a comment, in order, with all that was kept of them. */
export async function findAuditedDecisions(db: Database, commentId: string): Promise<AuditedDecision[]> {
  return db.run(LOG, [commentId]);
}
