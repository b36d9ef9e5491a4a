import { type Database, statement, type Tx } from "../../../db/database.ts";

const CLOSE_ENDED = statement<{ id: string }>(
  "campaigns.close-ended",
  `update campaigns set status = 'closed' where id in (
     select id from campaigns where status = 'decided' and coalesce(follow_until, '-infinity') <= $1
       and last_seen_at <= $2 order by id limit $3 for update skip locked)
   returning id`,
);

/** Decided ones whose end has come, and that have been quiet since `quietSince`. Returns how many. */
export async function closeEnded(db: Database, at: Date, quietSince: Date, limit: number): Promise<number> {
  return (await db.run(CLOSE_ENDED, [at, quietSince, limit])).length;
}

const FIND_REMOVED = statement<{ comment_id: string; campaign_id: string }>(
  "campaigns.find-removed",
  `select m.comment_id, m.campaign_id from campaign_members m
   where not exists (select from comments c where c.id = m.comment_id and c.status <> 'removed')
   order by m.comment_id limit $1`,
);

/** Members whose comment is removed, or gone. */
export async function findRemoved(
  tx: Tx,
  limit: number,
): Promise<{ comment_id: string; campaign_id: string }[]> {
  return tx.run(FIND_REMOVED, [limit]);
}

const DELETE_OLD = statement<{ id: string }>(
  "campaigns.delete-old",
  `delete from campaigns where id in (
     select id from campaigns c where c.last_seen_at < $1 and (c.follow_until is null or c.follow_until < $1)
       and not exists (select from campaign_acts a where a.campaign_id = c.id and a.finished_at is null)
     order by c.last_seen_at limit $2)
   returning id`,
);

/** Campaigns without a comment since `before`. Returns how many. */
export async function deleteOld(db: Database, before: Date, limit: number): Promise<number> {
  return (await db.run(DELETE_OLD, [before, limit])).length;
}
