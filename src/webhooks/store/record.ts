import { statement, type Tx } from "../../db/database.ts";
import type { DeliveryStatus } from "../delivery.ts";

export type AttemptRecord = {
  deliveryId: string;
  /** The lease under which it was sent: whoever lost it must not undo what its new holder does. */
  leasedUntil: Date;
  status: DeliveryStatus;
  /** When the next attempt is owed; for `pending`. */
  dueAt: Date | null;
  outcome: string;
  statusCode: number | null;
  error: string | null;
  errorDetail: string | null;
  responseExcerpt: string;
  durationMs: number;
  startedAt: Date;
  endedAt: Date;
};

// A success counts whoever holds the lease by now: the receiver has the event.
const RECORD = statement<{ delivery_id: string }>(
  "deliveries.record",
  `with result as (
     select * from unnest($1::bigint[], $2::timestamptz[], $3::text[], $4::timestamptz[], $5::text[], $6::int[], $7::text[],
         $8::text[], $9::text[], $10::int[], $11::timestamptz[], $12::timestamptz[])
       as r(id, leased_until, status, due_at, outcome, status_code, error, error_detail, response_excerpt, duration_ms,
         started_at, ended_at)
   ), updated as (
     update deliveries d set attempts = d.attempts + 1, status = r.status, due_at = coalesce(r.due_at, d.due_at),
       sweep_at = coalesce(r.due_at, d.sweep_at), leased_until = null, last_error = r.error,
       last_status_code = r.status_code, finished_at = case when r.status <> 'pending' then r.ended_at end
     from result r
     where d.id = r.id and d.status = 'pending' and (r.status = 'delivered' or d.leased_until = r.leased_until)
     returning d.id, d.attempts
   )
   insert into delivery_attempts (delivery_id, number, outcome, status_code, error, error_detail, response_excerpt, duration_ms,
     created_at)
   select u.id, u.attempts, r.outcome, r.status_code, r.error, r.error_detail, r.response_excerpt, r.duration_ms, r.started_at
   from updated u join result r on r.id = u.id
   returning delivery_id`,
);

/** Writes attempts and what follows for their deliveries; returns the ids of those that were still to be written. */
export async function recordAttempts(tx: Tx, records: AttemptRecord[]): Promise<Set<string>> {
  const rows = await tx.run(RECORD, [
    records.map((record) => record.deliveryId),
    records.map((record) => record.leasedUntil),
    records.map((record) => record.status),
    records.map((record) => record.dueAt),
    records.map((record) => record.outcome),
    records.map((record) => record.statusCode),
    records.map((record) => record.error),
    records.map((record) => record.errorDetail),
    records.map((record) => record.responseExcerpt),
    records.map((record) => record.durationMs),
    records.map((record) => record.startedAt),
    records.map((record) => record.endedAt),
  ]);
  return new Set(rows.map((row) => row.delivery_id));
}

/** What an answer says about its endpoint; `url` is where the answer came from, which may have been changed since. */
export type EndpointNotice = { endpointId: string; url: string; at: Date };

const PAUSE = statement(
  "endpoints.pause",
  `update endpoints p set paused_until = n.until
   from (select id, url, max(until) as until from unnest($1::uuid[], $2::text[], $3::timestamptz[]) as n(id, url, until)
     group by id, url) n
   where p.id = n.id and p.url = n.url and p.enabled and (p.paused_until is null or p.paused_until < n.until)`,
);

/** Nothing goes to these endpoints before the time they asked for; a longer pause stays. */
export async function pauseEndpoints(tx: Tx, notices: EndpointNotice[]): Promise<void> {
  await tx.run(PAUSE, columns(notices));
}

const DISABLE_GONE = statement<{ id: string; site_id: number }>(
  "endpoints.disable-gone",
  `update endpoints p set enabled = false, disabled_reason = 'gone', disabled_at = n.at, updated_at = n.at
   from (select id, url, max(at) as at from unnest($1::uuid[], $2::text[], $3::timestamptz[]) as n(id, url, at)
     group by id, url) n
   where p.id = n.id and p.url = n.url and p.enabled
   returning p.id, p.site_id`,
);

/** Disables endpoints that answered 410 Gone; returns those that were not disabled yet. */
export async function disableGone(
  tx: Tx,
  notices: EndpointNotice[],
): Promise<{ id: string; site_id: number }[]> {
  return tx.run(DISABLE_GONE, columns(notices));
}

function columns(notices: EndpointNotice[]): unknown[] {
  return [
    notices.map((notice) => notice.endpointId),
    notices.map((notice) => notice.url),
    notices.map((notice) => notice.at),
  ];
}
