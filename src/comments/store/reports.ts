import { statement, type Tx } from "../../db/database.ts";
import { SWEEP_AFTER_SECONDS } from "../../queue/outbox.ts";

// Few sites have it on, and then only what Akismet was asked about counts.
const OWE_REPORTS = statement<{ key: string }>(
  "reports.owe",
  `insert into outbox (topic, key, request_id, due_at, created_at)
   select 'external.report', c.id, null, $2::timestamptz + make_interval(secs => ${SWEEP_AFTER_SECONDS}), $2
   from comments c join sites s on s.id = c.site_id
   where c.id = any($1::uuid[]) and s.external #>> '{akismet,enabled}' = 'true'
     and s.external #>> '{akismet,settings,feedback}' = 'true'
     and exists (
       select from decisions d where d.comment_id = c.id and d.actor_kind = 'policy'
         and d.evidence -> 'versions' ->> 'akismet' is not null)
   order by c.id
   on conflict (topic, key) do update set due_at = excluded.due_at, created_at = excluded.created_at, leased_until = null,
     attempts = 0, last_error = null, parked_at = null
   returning key`,
);

/** Owes a report about those comments whose site tells Akismet when its moderators disagree. Returns their ids. */
export async function oweReports(tx: Tx, commentIds: string[], at: Date): Promise<string[]> {
  return (await tx.run(OWE_REPORTS, [commentIds, at])).map((row) => row.key);
}
