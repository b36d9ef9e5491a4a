import type { CommentStatus } from "../../comments/status.ts";
import { type Database, statement } from "../../db/database.ts";

export type ReplayedRow = {
  id: string;
  site_key: string;
  status: CommentStatus;
  version: number;
  decisions: number;
  /** What the log leads to. */
  replayed_status: CommentStatus;
  replayed_version: number;
  /** Each decision starts where the one before ended, the first at `pending`. */
  is_whole: boolean;
};

// One statement, so one snapshot: a decision and its effect are seen together or not at all. The version, which
// compare-and-set raises, orders the decisions of a comment also when two processes' clocks do not agree.
const REPLAY = statement<ReplayedRow>(
  "decisions.replay",
  `with batch as (
     select id, site_id, status, version from comments
     where ($1::int is null or site_id = $1) and id > $2::uuid order by id limit $3
   ), log as (
     select d.comment_id, d.from_status, d.to_status, d.comment_version,
       lag(d.to_status, 1, 'pending') over in_order as previous_status,
       lag(d.comment_version, 1, 1) over in_order as previous_version,
       lead(d.id) over in_order is null as is_last
     from decisions d join batch b on b.id = d.comment_id
     window in_order as (partition by d.comment_id order by d.comment_version, d.id)
   ), replayed as (
     select comment_id, count(*)::int as decisions, max(comment_version) as version,
       max(to_status) filter (where is_last) as status,
       bool_and(from_status = previous_status and comment_version = previous_version + 1) as is_whole
     from log group by comment_id
   )
   select b.id, s.key as site_key, b.status, b.version, coalesce(r.decisions, 0) as decisions,
     coalesce(r.status, 'pending') as replayed_status, coalesce(r.version, 1) as replayed_version,
     coalesce(r.is_whole, true) as is_whole
   from batch b join sites s on s.id = b.site_id left join replayed r on r.comment_id = b.id
   order by b.id`,
);

/** The next comments after an id, with what their decisions lead to. */
export async function replayBatch(
  db: Database,
  batch: { siteId: number | null; afterId: string; limit: number },
): Promise<ReplayedRow[]> {
  return db.run(REPLAY, [batch.siteId, batch.afterId, batch.limit]);
}
