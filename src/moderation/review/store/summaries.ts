import type { AuthorStatus, CommentStatus } from "../../../comments/status.ts";
import { type Database, statement } from "../../../db/database.ts";
import type { ActorKind } from "../../../db/tables.ts";

export type SummaryRow = {
  id: string;
  site_id: number;
  site_key: string;
  thread_id: string;
  thread_key: string;
  thread_url: string;
  thread_title: string | null;
  thread_published_count: number;
  thread_closed_at: Date | null;
  author_id: string;
  author_name: string;
  author_status: AuthorStatus;
  author_published_count: number;
  author_held_count: number;
  author_rejected_count: number;
  author_spam_count: number;
  author_created_at: Date;
  author_email_sealed: Buffer;
  parent_id: string | null;
  depth: number;
  path: Buffer;
  status: CommentStatus;
  version: number;
  revision: number;
  name: string;
  website: string | null;
  body: string;
  reply_count: number;
  priority: number;
  reason: string | null;
  created_at: Date;
  edited_at: Date | null;
  status_at: Date;
  /** The latest decision; null while there is none. */
  decided_kind: ActorKind | null;
  decided_actor: string | null;
  decided_action: string | null;
  decided_at: Date | null;
  /** The policy's latest decision. */
  policy_rule: string | null;
  policy_action: string | null;
  policy_reason: string | null;
  policy_version: number | null;
  policy_revision: number | null;
  policy_at: Date | null;
  /** The record of that. */
  evidence: unknown;
  trace: unknown;
  frame_id: string | null;
};

const FIND = statement<SummaryRow>(
  "review.summaries",
  `select c.id, c.site_id, s.key as site_key, c.thread_id, t.key as thread_key, t.url as thread_url, t.title as thread_title,
     t.published_count as thread_published_count, t.closed_at as thread_closed_at,
     c.author_id, a.name as author_name, a.status as author_status, a.published_count as author_published_count,
     a.held_count as author_held_count, a.rejected_count as author_rejected_count, a.spam_count as author_spam_count,
     a.created_at as author_created_at, a.email_sealed as author_email_sealed,
     c.parent_id, c.depth, c.path, c.status, c.version, c.revision, c.name, c.website, c.body, c.reply_count, c.priority,
     c.reason, c.created_at, c.edited_at, c.status_at,
     d.actor_kind as decided_kind, d.actor as decided_actor, d.action as decided_action, d.created_at as decided_at,
     p.actor as policy_rule, p.action as policy_action, p.reason as policy_reason, p.policy_version,
     p.comment_revision as policy_revision, p.created_at as policy_at, p.evidence, p.trace, p.frame_id
   from unnest($2::uuid[]) with ordinality as i(id, place)
   join comments c on c.id = i.id and ($1::int is null or c.site_id = $1)
   join sites s on s.id = c.site_id
   join threads t on t.id = c.thread_id
   join authors a on a.id = c.author_id
   left join lateral (select * from decisions where comment_id = c.id order by comment_version desc limit 1) d on true
   left join lateral (select * from decisions where comment_id = c.id and actor_kind = 'policy'
     order by comment_version desc limit 1) p on true
   order by i.place`,
);

/** Those of the comments that exist, of one site or (null) of any, in the order of the ids. */
export async function findSummaryRows(
  db: Database,
  siteId: number | null,
  ids: string[],
): Promise<SummaryRow[]> {
  return db.run(FIND, [siteId, ids]);
}

/** Counting stops here: past it the figure is "at least". */
const STATUS_COUNT_MAX = 10_000;

const COUNT = statement<{ status: CommentStatus; count: number }>(
  "review.counts",
  `select st.status, (select count(*)::int from (
     select from comments c where c.site_id = $1 and c.status = st.status limit ${STATUS_COUNT_MAX}) n) as count
   from unnest($2::text[]) as st(status)`,
);

/** How many comments of a site have each of the statuses, at most {@link STATUS_COUNT_MAX}. */
export async function countByStatus(
  db: Database,
  siteId: number,
  statuses: readonly CommentStatus[],
): Promise<Record<string, number>> {
  const rows = await db.run(COUNT, [siteId, [...statuses]]);
  return Object.fromEntries(rows.map((row) => [row.status, row.count]));
}

const FIND_THREAD = statement<{ id: string | null }>(
  "review.thread",
  `select coalesce(
     (select id from threads where site_id = $1 and key = $2),
     (select id from threads where site_id = $1 and canonical_url = $3 order by id limit 1),
     (select id from threads where site_id = $1 and id = $4)) as id`,
);

export type ThreadNames = { key: string; canonicalUrl: string | null; id: string | null };

/** The thread of a site that has this key, else this URL, else this id. */
export async function findThreadId(
  db: Database,
  siteId: number,
  { key, canonicalUrl, id }: ThreadNames,
): Promise<string | undefined> {
  return (await db.run(FIND_THREAD, [siteId, key, canonicalUrl, id]))[0]?.id ?? undefined;
}
