import type { DecisionAction } from "../../comments/status.ts";
import { type Database, statement } from "../../db/database.ts";
import { SAMPLE_RULE } from "../policy/document.ts";
import { effectiveVerdict } from "./verdicts.ts";

export type CaseRow = {
  /** Of a sampled comment what would have been done with it. */
  action: DecisionAction;
  reason: string | null;
  spam: number | null;
  toxicity: number | null;
  /** `hold` is none. */
  verdict: DecisionAction | null;
  /** The same for all comments of a campaign, and for one text sent again and again by one author. */
  flood: string | null;
};

const READ_CASES = statement<CaseRow>(
  "automation.cases",
  `select case when d.actor = '${SAMPLE_RULE}' and json_typeof(d.trace) = 'array'
       then coalesce(d.trace->-1->'sampled'->>'action', d.action) else d.action end as action, d.reason,
     coalesce((f.framed->>f.spam)::float8, s."spam.score") as spam,
     coalesce((f.framed->>f.toxicity)::float8, s."toxicity.score") as toxicity, v.action as verdict,
     coalesce(m.campaign_id::text, p.author_id || ' ' || p.simhash) as flood
   from (select * from decisions where site_id = $1 and actor_kind = 'policy' and id >= $2::uuid order by id desc limit $3) d
   left join lateral ${effectiveVerdict("d")} v on true
   left join lateral (
     select d.evidence->'framed' as framed, array_position(facts, 'spam.score') - 1 as spam,
       array_position(facts, 'toxicity.score') - 1 as toxicity
     from decision_frames where id = d.frame_id) f on true
   -- Of a record without a frame. Both scores in one reading of the record, which is most of what this costs.
   left join lateral json_to_record(d.evidence->'values') s("spam.score" float8, "toxicity.score" float8) on true
   left join campaign_members m on m.comment_id = d.comment_id
   left join fingerprints p on p.comment_id = d.comment_id
   order by d.id desc`,
);

/** The latest automatic decisions since an id, with the scores they were made with. */
export async function readCases(
  db: Database,
  { siteId, fromId, limit }: { siteId: number; fromId: string; limit: number },
): Promise<CaseRow[]> {
  return db.run(READ_CASES, [siteId, fromId, limit]);
}
