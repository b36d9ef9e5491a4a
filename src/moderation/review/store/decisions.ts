import type { CommentStatus } from "../../../comments/status.ts";
import { type Database, statement, type Tx } from "../../../db/database.ts";
import type { ActorKind } from "../../../db/tables.ts";

/** A comment as a decision about it needs it. */
export type DecidableRow = {
  id: string;
  site_id: number;
  site_key: string;
  thread_id: string;
  thread_key: string;
  thread_url: string;
  thread_title: string | null;
  author_id: string;
  parent_id: string | null;
  depth: number;
  status: CommentStatus;
  version: number;
  revision: number;
  priority: number;
  name: string;
  website: string | null;
  body: string;
  reason: string | null;
  reply_count: number;
  created_at: Date;
  edited_at: Date | null;
  status_at: Date;
  published_at: Date | null;
};

const COLUMNS = `c.id, c.site_id, s.key as site_key, c.thread_id, t.key as thread_key, t.url as thread_url,
  t.title as thread_title, c.author_id, c.parent_id, c.depth, c.status, c.version, c.revision, c.priority, c.name, c.website,
  c.body, c.reason, c.reply_count, c.created_at, c.edited_at, c.status_at, c.published_at`;
const JOINS = "comments c join sites s on s.id = c.site_id join threads t on t.id = c.thread_id";

const FIND_DECIDABLE = statement<DecidableRow>(
  "review.decidable",
  `select ${COLUMNS} from ${JOINS} where c.id = any($2::uuid[]) and ($1::int is null or c.site_id = $1)`,
);

/** Those of the comments that exist, of one site or (null) of any, by id. */
export async function findDecidable(
  db: Database | Tx,
  siteId: number | null,
  ids: string[],
): Promise<Map<string, DecidableRow>> {
  const rows = await db.run(FIND_DECIDABLE, [siteId, ids]);
  return new Map(rows.map((row) => [row.id, row]));
}

const FIND_OF_AUTHOR = statement<DecidableRow>(
  "review.of-author",
  `select ${COLUMNS} from ${JOINS} where c.author_id = $1 and c.status = any($2::text[]) order by c.id limit $3`,
);

export async function findDecidableOfAuthor(
  db: Database,
  authorId: string,
  statuses: readonly CommentStatus[],
  limit: number,
): Promise<DecidableRow[]> {
  return db.run(FIND_OF_AUTHOR, [authorId, [...statuses], limit]);
}

export type DecisionLogRow = {
  id: string;
  site_id: number;
  comment_id: string;
  comment_revision: number;
  comment_version: number;
  actor_kind: ActorKind;
  actor: string;
  actor_id: string | null;
  action: string;
  from_status: CommentStatus;
  to_status: CommentStatus;
  reason: string | null;
  note: string | null;
  undoes: string | null;
  policy_version: number | null;
  created_at: Date;
};

const LOG_COLUMNS = `d.id, d.site_id, d.comment_id, d.comment_revision, d.comment_version, d.actor_kind, d.actor, d.actor_id,
  d.action, d.from_status, d.to_status, d.reason, d.note, d.undoes, d.policy_version, d.created_at`;

const FIND_DECISION = statement<DecisionLogRow>(
  "review.decision",
  `select ${LOG_COLUMNS} from decisions d where d.id = $2 and ($1::int is null or d.site_id = $1)`,
);

export async function findDecision(
  db: Database,
  siteId: number | null,
  id: string,
): Promise<DecisionLogRow | undefined> {
  return (await db.run(FIND_DECISION, [siteId, id]))[0];
}

/** The latest decisions of one comment that are shown and looked through. */
const DECISIONS_MAX = 500;

// By version and not by id: ids of different processes may disagree about the time.
const FIND_LOG = statement<DecisionLogRow>(
  "review.log",
  `select * from (
     select ${LOG_COLUMNS} from decisions d where d.comment_id = $1 order by d.comment_version desc limit ${DECISIONS_MAX}) d
   order by d.comment_version`,
);

/** What was decided about a comment, in order. */
export async function findDecisionLog(db: Database | Tx, commentId: string): Promise<DecisionLogRow[]> {
  return db.run(FIND_LOG, [commentId]);
}

const FIND_LOGS = statement<DecisionLogRow>(
  "review.logs",
  `select ${LOG_COLUMNS} from decisions d where d.comment_id = any($1::uuid[]) order by d.comment_id, d.comment_version`,
);

/** What was decided about each of some comments, in order. */
export async function findDecisionLogs(tx: Tx, commentIds: string[]): Promise<DecisionLogRow[]> {
  return tx.run(FIND_LOGS, [commentIds]);
}

const FIND_SINCE = statement<DecisionLogRow>(
  "review.since",
  `select ${LOG_COLUMNS} from unnest($1::uuid[], $2::int[]) as i(comment_id, version)
   join decisions d on d.comment_id = i.comment_id and (d.comment_version = i.version + 1
     or d.comment_version = (select max(l.comment_version) from decisions l where l.comment_id = i.comment_id))
   order by d.comment_version`,
);

/** Of each comment the decision that followed the version someone saw, and the latest. */
export async function findDecisionsSince(
  db: Database,
  seen: { commentId: string; version: number }[],
): Promise<DecisionLogRow[]> {
  if (seen.length === 0) return [];
  return db.run(FIND_SINCE, [seen.map((one) => one.commentId), seen.map((one) => one.version)]);
}

const SET_ACTOR_ID = statement(
  "review.set-actor-id",
  "update decisions set actor_id = $2 where id = any($1::uuid[])",
);

/** Notes the token behind decisions that the same transaction has recorded. */
export async function setActorId(tx: Tx, decisionIds: string[], actorId: string): Promise<void> {
  if (decisionIds.length > 0) await tx.run(SET_ACTOR_ID, [decisionIds, actorId]);
}
