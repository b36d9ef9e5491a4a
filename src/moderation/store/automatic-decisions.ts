import { type Database, statement } from "../../db/database.ts";

export type AutomaticDecisionRow = {
  id: string;
  comment_id: string;
  actor: string;
  action: string;
  reason: string | null;
  policy_version: number | null;
  evidence: unknown;
  trace: unknown;
  frame_id: string | null;
};

const LIST = statement<AutomaticDecisionRow>(
  "decisions.automatic",
  `select id, comment_id, actor, action, reason, policy_version, evidence, trace, frame_id from decisions
   where site_id = $1 and actor_kind = 'policy' and ($2::uuid is null or id < $2) order by id desc limit $3`,
);

/** A site's automatic decisions before one (null: from the latest), latest first. */
export async function listAutomaticDecisions(
  db: Database,
  siteId: number,
  beforeId: string | null,
  limit: number,
): Promise<AutomaticDecisionRow[]> {
  return db.run(LIST, [siteId, beforeId, limit]);
}
