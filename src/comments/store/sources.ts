import { type Database, statement } from "../../db/database.ts";

const DELETE = statement<{ comment_id: string }>(
  "sources.delete",
  `delete from comment_sources where comment_id in (
     select comment_id from comment_sources where created_at < $1 limit $2) returning comment_id`,
);

/** How many were deleted, at most `limit`. */
export async function deleteSourcesBefore(db: Database, before: Date, limit: number): Promise<number> {
  return (await db.run(DELETE, [before, limit])).length;
}
