import { type Database, statement, type Tx } from "../../../db/database.ts";
import type { ExampleText, LearnedExample } from "../example.ts";

type ExampleRow = {
  comment_id: string;
  decision_id: string;
  comment_revision: number;
  action: string;
  reason: string | null;
  moderator: string;
  author_id: string;
  simhash: string;
  influence: number;
  agreed: number;
  decided_at: Date;
};

const COLUMNS = `comment_id, decision_id, comment_revision, action, reason, moderator, author_id, simhash, influence, agreed,
  decided_at`;

const ALL = statement<ExampleRow>(
  "learning.examples",
  `select ${COLUMNS} from model_examples where site_id = $1 order by decision_id`,
);

/** A site's examples in the order of learning. */
export async function findExamples(tx: Tx, siteId: number): Promise<LearnedExample[]> {
  return (await tx.run(ALL, [siteId])).map((row) => ({
    commentId: row.comment_id,
    decisionId: row.decision_id,
    revision: row.comment_revision,
    action: row.action,
    reason: row.reason,
    moderator: row.moderator,
    authorId: row.author_id,
    simhash: BigInt(row.simhash),
    influence: row.influence,
    agreed: row.agreed,
    decidedAt: row.decided_at,
  }));
}

const OF_COMMENTS = statement<{ comment_id: string; decision_id: string }>(
  "learning.examples-of",
  "select comment_id, decision_id from model_examples where comment_id = any($1::uuid[])",
);

/** The decisions that these comments' examples come from, by comment. */
export async function findLearnedDecisions(tx: Tx, commentIds: string[]): Promise<Map<string, string>> {
  const rows = await tx.run(OF_COMMENTS, [commentIds]);
  return new Map(rows.map((row) => [row.comment_id, row.decision_id]));
}

type ExampleCount = { action: string; reason: string | null; count: number };

const COUNT = statement<ExampleCount>(
  "learning.count-examples",
  "select action, reason, count(*)::int as count from model_examples where site_id = $1 group by action, reason",
);

export async function countExamples(db: Database, siteId: number): Promise<ExampleCount[]> {
  return db.run(COUNT, [siteId]);
}

const INSERT = statement(
  "learning.insert-examples",
  `insert into model_examples (site_id, ${COLUMNS})
   select $1::int, * from unnest($2::uuid[], $3::uuid[], $4::int[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::bigint[],
     $10::float8[], $11::int[], $12::timestamptz[])`,
);

export async function insertExamples(tx: Tx, siteId: number, examples: LearnedExample[]): Promise<void> {
  if (examples.length === 0) return;
  await tx.run(INSERT, [
    siteId,
    examples.map((one) => one.commentId),
    examples.map((one) => one.decisionId),
    examples.map((one) => one.revision),
    examples.map((one) => one.action),
    examples.map((one) => one.reason),
    examples.map((one) => one.moderator),
    examples.map((one) => one.authorId),
    examples.map((one) => one.simhash.toString()),
    examples.map((one) => one.influence),
    examples.map((one) => one.agreed),
    examples.map((one) => one.decidedAt),
  ]);
}

const DELETE = statement(
  "learning.delete-examples",
  "delete from model_examples where comment_id = any($1::uuid[])",
);

export async function deleteExamples(tx: Tx, commentIds: string[]): Promise<void> {
  if (commentIds.length > 0) await tx.run(DELETE, [commentIds]);
}

const DELETE_ALL = statement("learning.delete-all-examples", "delete from model_examples where site_id = $1");

export async function deleteAllExamples(tx: Tx, siteId: number): Promise<void> {
  await tx.run(DELETE_ALL, [siteId]);
}

const SET_OUTCOMES = statement(
  "learning.set-outcomes",
  `update model_examples e set influence = i.influence, agreed = i.agreed
   from unnest($1::uuid[], $2::float8[], $3::int[]) as i(comment_id, influence, agreed)
   where e.comment_id = i.comment_id and (e.influence <> i.influence or e.agreed <> i.agreed)`,
);

/** Notes what came of taking examples in. */
export async function setOutcomes(tx: Tx, examples: LearnedExample[]): Promise<void> {
  if (examples.length === 0) return;
  await tx.run(SET_OUTCOMES, [
    examples.map((one) => one.commentId),
    examples.map((one) => one.influence),
    examples.map((one) => one.agreed),
  ]);
}

const TEXTS = statement<ExampleText & { comment_id: string }>(
  "learning.texts",
  `select e.comment_id, case when c.revision = e.comment_revision then c.body else coalesce(r.body, '') end as body,
     c.name, c.website
   from model_examples e join comments c on c.id = e.comment_id
   left join comment_revisions r on r.comment_id = e.comment_id and r.revision = e.comment_revision
   where e.comment_id = any($1::uuid[])`,
);

/** The texts of examples, by comment, as they were when they were decided about. */
export async function findTexts(tx: Tx, commentIds: string[]): Promise<Map<string, ExampleText>> {
  const rows = await tx.run(TEXTS, [commentIds]);
  return new Map(rows.map(({ comment_id: id, ...text }) => [id, text]));
}
