import type { DecisionAction } from "../../comments/status.ts";
import { type Database, statement } from "../../db/database.ts";
import { effectiveVerdict } from "./verdicts.ts";

/** An automatic decision of the past, with what moderators made of the same text. */
export type PastDecisionRow = {
  id: string;
  comment_id: string;
  /** The text that it was about. */
  comment_revision: number;
  actor: string;
  action: DecisionAction;
  reason: string | null;
  policy_version: number | null;
  /** Null: no model was asked. */
  model_version: string | null;
  evidence: unknown;
  trace: unknown;
  frame_id: string | null;
  /** Of the moderators; `hold` is none. Null while they have not decided. */
  verdict: DecisionAction | null;
};

/** Decisions before an id, the latest first: one stretch of an index, and one look-up of another for each. */
const batchOf = (columns: string, joins: string) =>
  `select d.id, d.comment_id, d.comment_revision, d.actor, d.action, d.reason, d.policy_version, d.model_version, d.evidence, d.trace, d.frame_id, v.action as verdict${columns}
   from (select * from decisions where site_id = $1 and actor_kind = 'policy' and id < $2::uuid order by id desc limit $3) d
   left join lateral ${effectiveVerdict("d")} v on true${joins}
   order by d.id desc`;

const READ = statement<PastDecisionRow>("backtest.decisions", batchOf("", ""));

export type PastBatch = { siteId: number; beforeId: string; limit: number };

export async function readPastDecisions(db: Database, batch: PastBatch): Promise<PastDecisionRow[]> {
  return db.run(READ, [batch.siteId, batch.beforeId, batch.limit]);
}

/** Null texts: the comment is gone, or removed by its author. */
export type PastTextRow = PastDecisionRow & {
  body: string | null;
  name: string | null;
  website: string | null;
};

const READ_WITH_TEXT = statement<PastTextRow>(
  "backtest.decisions-with-text",
  batchOf(
    ", case when c.revision = d.comment_revision then c.body else r.body end as body, c.name, c.website",
    `
   left join comments c on c.id = d.comment_id and c.status <> 'removed'
   left join comment_revisions r on r.comment_id = c.id and r.revision = d.comment_revision`,
  ),
);

/** As {@link readPastDecisions}, with the text as it was decided upon. */
export async function readPastTexts(db: Database, batch: PastBatch): Promise<PastTextRow[]> {
  return db.run(READ_WITH_TEXT, [batch.siteId, batch.beforeId, batch.limit]);
}

const FIND_BEGINNINGS = statement<{ id: string; revision: number; body: string }>(
  "backtest.beginnings",
  `select i.id, i.revision, left(case when c.revision = i.revision then c.body else r.body end, $3) as body
   from unnest($1::uuid[], $2::int[]) as i(id, revision)
   join comments c on c.id = i.id and c.status <> 'removed'
   left join comment_revisions r on r.comment_id = i.id and r.revision = i.revision
   where c.revision = i.revision or r.body is not null`,
);

/** The beginnings of texts, of comments that are not removed. */
export async function findBeginnings(
  db: Database,
  texts: { id: string; revision: number }[],
  charsMax: number,
): Promise<{ id: string; revision: number; body: string }[]> {
  if (texts.length === 0) return [];
  return db.run(FIND_BEGINNINGS, [
    texts.map(({ id }) => id),
    texts.map(({ revision }) => revision),
    charsMax,
  ]);
}
