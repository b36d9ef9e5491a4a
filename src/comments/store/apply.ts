import { type Database, statement, type Tx } from "../../db/database.ts";
import type { ActorKind } from "../../db/tables.ts";
import { binaryArray, columnsOf, INT4, INT8, TEXT, UUID } from "../../db/binary-array.ts";
import type { CommentStatus } from "../status.ts";

/** One decision about to be recorded, with the version of the comment it was made for. */
export type DecisionRow = {
  id: string;
  commentId: string;
  expectedVersion: number;
  toStatus: CommentStatus;
  actorKind: ActorKind;
  actor: string;
  action: string;
  reason: string | null;
  note: string | null;
  undoes: string | null;
  policyVersion: number | null;
  modelVersion: string | null;
  /** JSON, as is `trace`. */
  evidence: string | null;
  trace: string | null;
  frameId: string | null;
  priority: number;
};

/** What changed, for counters and events. */
export type AppliedRow = {
  id: string;
  site_id: number;
  thread_id: string;
  author_id: string;
  parent_id: string | null;
  version: number;
  from_status: CommentStatus;
  to_status: CommentStatus;
  was_published_before: boolean;
};

const LOCK = statement(
  "comments.lock",
  "select from comments where id = any($1::uuid[]) order by id for update",
);

/**
 * Locks comments in the order of their ids. To be called first where there are parents whose reply counts will change, with these:
 * who locks in one order cannot wait for each other. Without parents {@link applyDecisionRows} locks in that order itself.
 */
export async function lockComments(tx: Tx, ids: string[]): Promise<void> {
  await tx.run(LOCK, [binaryArray(UUID, ids)]);
}

const LAST_ACTOR = statement<{ actor_kind: ActorKind }>(
  "decisions.last-actor",
  `select d.actor_kind from decisions d
   where d.comment_id = $1 and d.undoes is null and not exists (
       select from decisions u where u.comment_id = d.comment_id and u.undoes = d.id)
   order by d.comment_version desc limit 1`,
);

/** Who made the effective decision: the last that was not taken back. undefined while there is none. */
export async function lastActorKind(db: Database, commentId: string): Promise<ActorKind | undefined> {
  return (await db.run(LAST_ACTOR, [commentId]))[0]?.actor_kind;
}

// Compare-and-set by version: a comment that moved on since the decision was made is left as it is. What the comment owed
// to the check is settled by any decision, since none is needed after it.
const APPLY = statement<AppliedRow>(
  "comments.apply",
  `with input as (
     select * from unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
       $9::text[], $10::uuid[], $11::int[], $12::text[], $13::text[], $14::int[], $15::text[], $17::bigint[])
     as t(decision_id, comment_id, expected_version, to_status, actor_kind, actor, action, reason,
       note, undoes, policy_version, evidence, trace, priority, model_version, frame_id)
   ), current as (
     select i.decision_id, i.comment_id, i.to_status, i.actor, i.reason, i.priority, c.status as from_status,
       c.published_at is not null as was_published_before
     from input i join comments c on c.id = i.comment_id and c.version = i.expected_version and c.status <> 'removed'
     order by c.id for update of c
   ), changed as (
     update comments c set status = i.to_status, version = c.version + 1, decided_by = i.actor, reason = i.reason,
       priority = i.priority, status_at = $16::timestamptz,
       published_at = case when i.to_status = 'published' then coalesce(c.published_at, $16::timestamptz) else c.published_at end,
       dedupe_key = case when i.to_status = 'removed' then null else c.dedupe_key end
     from current i where c.id = i.comment_id
     returning c.id, c.site_id, c.thread_id, c.author_id, c.parent_id, c.version, c.revision, i.from_status,
       c.status as to_status, i.decision_id, i.was_published_before
   ), logged as (
     insert into decisions (id, site_id, comment_id, comment_revision, comment_version, actor_kind, actor, action,
       from_status, to_status, reason, note, undoes, policy_version, model_version, evidence, trace, frame_id, created_at)
     select i.decision_id, c.site_id, c.id, c.revision, c.version, i.actor_kind, i.actor, i.action,
       c.from_status, c.to_status, i.reason, i.note, i.undoes, i.policy_version, i.model_version, i.evidence::json, i.trace::json, i.frame_id, $16::timestamptz
     from changed c join input i using (decision_id)
   ), settled as (
     delete from outbox o using changed c where o.topic in ('comment.check', 'comment.consult') and o.key = c.id
   )
   select id, site_id, thread_id, author_id, parent_id, version, from_status, to_status, was_published_before from changed`,
);

export async function applyDecisionRows(tx: Tx, rows: DecisionRow[], at: Date): Promise<AppliedRow[]> {
  const column = columnsOf(rows);
  return tx.run(APPLY, [
    column(UUID, (row) => row.id),
    column(UUID, (row) => row.commentId),
    column(INT4, (row) => row.expectedVersion),
    column(TEXT, (row) => row.toStatus),
    column(TEXT, (row) => row.actorKind),
    column(TEXT, (row) => row.actor),
    column(TEXT, (row) => row.action),
    column(TEXT, (row) => row.reason),
    column(TEXT, (row) => row.note),
    column(UUID, (row) => row.undoes),
    column(INT4, (row) => row.policyVersion),
    column(TEXT, (row) => row.evidence),
    column(TEXT, (row) => row.trace),
    column(INT4, (row) => row.priority),
    column(TEXT, (row) => row.modelVersion),
    at,
    column(INT8, (row) => row.frameId),
  ]);
}

// The rows are locked in key order. The parents are locked already, with the comments themselves.
const COUNT = statement(
  "comments.count",
  `with authors_changed as (
     update authors a set published_count = a.published_count + d.published, held_count = a.held_count + d.held,
       rejected_count = a.rejected_count + d.rejected, spam_count = a.spam_count + d.spam
     from (
       select a.id, i.published, i.held, i.rejected, i.spam
       from unnest($1::bigint[], $2::int[], $3::int[], $4::int[], $5::int[]) as i(id, published, held, rejected, spam)
       join authors a on a.id = i.id order by a.id for update of a) d
     where a.id = d.id
   )
   update comments p set reply_count = p.reply_count + i.replies
   from unnest($6::uuid[], $7::int[]) as i(id, replies) where p.id = i.id`,
);

// A statement of its own and the last: the row of a busy thread is what everybody waits for.
const COUNT_THREADS = statement(
  "comments.count-threads",
  `update threads t set published_count = t.published_count + d.published, revision = t.revision + 1
   from (
     select t.id, i.published from unnest($1::bigint[], $2::int[]) as i(id, published)
     join threads t on t.id = i.id order by t.id for update of t) d
   where t.id = d.id`,
);

/** Sums to add, keyed by id. A thread in the map gets a new revision even when its sum is 0. */
export type CounterChanges = {
  authors: Map<string, { published: number; held: number; rejected: number; spam: number }>;
  replies: Map<string, number>;
  threads: Map<string, number>;
};

/** Last of all, so that the row of a busy thread is locked for the shortest time. */
export function applyCounters(tx: Tx, changes: CounterChanges): void {
  const author = columnsOf([...changes.authors]);
  const reply = columnsOf([...changes.replies]);
  tx.atCommit(COUNT, [
    author(INT8, ([id]) => id),
    author(INT4, ([, sum]) => sum.published),
    author(INT4, ([, sum]) => sum.held),
    author(INT4, ([, sum]) => sum.rejected),
    author(INT4, ([, sum]) => sum.spam),
    reply(UUID, ([id]) => id),
    reply(INT4, ([, sum]) => sum),
  ]);
  if (changes.threads.size === 0) return;
  const thread = columnsOf([...changes.threads]);
  tx.atCommit(COUNT_THREADS, [thread(INT8, ([id]) => id), thread(INT4, ([, sum]) => sum)]);
}
