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
};

const READ_CASES = statement<CaseRow>(
  "automation.cases",
  `select case when d.actor = '${SAMPLE_RULE}' and json_typeof(d.trace) = 'array'
       then coalesce(d.trace->-1->'sampled'->>'action', d.action) else d.action end as action, d.reason, (d.evidence->'values'->>'spam.score')::float8 as spam,
     (d.evidence->'values'->>'toxicity.score')::float8 as toxicity, v.action as verdict
   from (select * from decisions where site_id = $1 and actor_kind = 'policy' and id >= $2::uuid order by id desc limit $3) d
   left join lateral ${effectiveVerdict("d")} v on true`,
);

/** The latest automatic decisions since an id, with the scores they were made with. */
export async function readCases(
  db: Database,
  { siteId, fromId, limit }: { siteId: number; fromId: string; limit: number },
): Promise<CaseRow[]> {
  return db.run(READ_CASES, [siteId, fromId, limit]);
}
