import { type Kysely, type RawBuilder, type SqlBool, sql } from "kysely";
import type { CommentStatus } from "../../../comments/status.ts";
import { type Database, isUnavailable } from "../../../db/database.ts";
import type { Tables } from "../../../db/tables.ts";
import { AppError } from "../../../errors.ts";
import type { QueueSort } from "../schema.ts";

/** Where a page ended: the sort's value and the id. */
export type QueuePosition = { priority: number; id: string };

export type QueueSelection = {
  /** null: all sites. */
  siteId: number | null;
  statuses: readonly CommentStatus[];
  threadId: string | null;
  authorId: string | null;
  rule: string | null;
  reason: string | null;
  /** Ids carry their time of birth: an age is a range of them. */
  bornFrom: string | null;
  bornBefore: string | null;
  text: string | null;
  sort: QueueSort;
  limit: number;
  after: QueuePosition | null;
};

/** Milliseconds that looking for a page may take. */
const QUEUE_TIMEOUT_MS = 3_000;
const QUERY_CANCELED = "57014";

/**
 * The ids of a page, in order. However deep, it is read from where an index says that the last one ended.
 * @throws AppError `invalid_input` (`search_too_broad`) for filters that take longer than {@link QUEUE_TIMEOUT_MS},
 * `unavailable` when the store is that slow without any.
 */
export async function findQueuePage(db: Database, selection: QueueSelection): Promise<QueuePosition[]> {
  try {
    return await db.kysely
      .transaction()
      .setAccessMode("read only")
      .execute(async (trx) => {
        await sql`set local statement_timeout = ${sql.lit(QUEUE_TIMEOUT_MS)}`.execute(trx);
        return await selectPage(trx, selection);
      });
  } catch (error) {
    throw explain(error, selection);
  }
}

async function selectPage(db: Kysely<Tables>, selection: QueueSelection): Promise<QueuePosition[]> {
  // One branch per status, and for a page further on in the order of priority one more for the rest of its priority: each is
  // a stretch of one index, and nothing but their first rows is ever sorted.
  const branches = selection.statuses.flatMap((status) =>
    toStretches(selection).map((stretch) => branchOf(selection, status, stretch)),
  );
  const { rows } = await sql<QueuePosition>`
    select id, priority from (${sql.join(branches, sql` union all `)}) page
    order by ${ORDERS[selection.sort]} limit ${selection.limit}`.execute(db);
  return rows;
}

const ORDERS = {
  priority: sql`priority desc, id`,
  oldest: sql`id`,
  newest: sql`id desc`,
} as const satisfies Record<QueueSort, unknown>;

type Stretch = "all" | "after" | "same_priority" | "lower_priority";

function toStretches({ sort, after }: QueueSelection): Stretch[] {
  if (after === null) return ["all"];
  return sort === "priority" ? ["same_priority", "lower_priority"] : ["after"];
}

/** The first comments of every site in view, of one status, from one point of the order on. */
function branchOf(selection: QueueSelection, status: CommentStatus, stretch: Stretch) {
  const { siteId, sort, limit } = selection;
  const conditions = [
    sql<SqlBool>`c.site_id = s.id`,
    // A literal, for only so can it be matched with the predicate of a partial index.
    sql<SqlBool>`c.status = ${sql.lit(status)}`,
    ...toFilters(selection),
    ...toKeyset(selection, stretch),
  ];
  return sql`
    select found.id, found.priority from sites s
    cross join lateral (
      select c.id, c.priority from comments c where ${sql.join(conditions, sql` and `)}
      order by ${ORDERS[sort]} limit ${limit}) found
    where ${siteId === null ? sql`true` : sql`s.id = ${siteId}`}`;
}

function toFilters({ threadId, authorId, rule, reason, bornFrom, bornBefore, text }: QueueSelection) {
  const conditions: RawBuilder<SqlBool>[] = [];
  if (threadId !== null) conditions.push(sql<SqlBool>`c.thread_id = ${threadId}`);
  if (authorId !== null) conditions.push(sql<SqlBool>`c.author_id = ${authorId}`);
  if (bornFrom !== null) conditions.push(sql<SqlBool>`c.id >= ${bornFrom}`);
  if (bornBefore !== null) conditions.push(sql<SqlBool>`c.id < ${bornBefore}`);
  if (reason !== null) conditions.push(sql<SqlBool>`c.reason = ${reason}`);
  // A moderator may be called like a rule.
  if (rule !== null) {
    conditions.push(
      sql<SqlBool>`c.decided_by = ${rule} and exists (select from decisions d where d.comment_id = c.id
        and d.comment_version = c.version and d.actor_kind = 'policy')`,
    );
  }
  if (text !== null) {
    const pattern = `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
    conditions.push(sql<SqlBool>`(c.body ilike ${pattern} or c.name ilike ${pattern})`);
  }
  return conditions;
}

function toKeyset({ sort, after }: QueueSelection, stretch: Stretch) {
  if (after === null || stretch === "all") return [];
  const { id, priority } = after;
  if (stretch === "same_priority") return [sql<SqlBool>`c.priority = ${priority} and c.id > ${id}`];
  if (stretch === "lower_priority") return [sql<SqlBool>`c.priority < ${priority}`];
  return [sort === "newest" ? sql<SqlBool>`c.id < ${id}` : sql<SqlBool>`c.id > ${id}`];
}

function explain(error: unknown, selection: QueueSelection): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code !== QUERY_CANCELED && !isUnavailable(error)) return error;
  const { text, rule, reason } = selection;
  if (code === QUERY_CANCELED && (text !== null || rule !== null || reason !== null)) {
    return new AppError("invalid_input", "This search takes too long. Narrow it by thread, author or age.", {
      reason: "search_too_broad",
      details: { timeoutMs: QUEUE_TIMEOUT_MS },
      cause: error,
    });
  }
  return new AppError("unavailable", "The queue cannot be read just now.", {
    reason: "store_unavailable",
    retryAfterSeconds: 5,
    cause: error,
  });
}
