import { type Database, statement } from "../../db/database.ts";
import type { DeliveryStatus } from "../delivery.ts";

export type DeliveryRow = {
  id: string;
  status: DeliveryStatus;
  attempts: number;
  due_at: Date;
  last_error: string | null;
  last_status_code: number | null;
  created_at: Date;
  finished_at: Date | null;
  endpoint_id: string;
  event_id: string;
  type: string;
  comment_id: string | null;
};

const SELECT = `select d.id, d.status, d.attempts, d.due_at, d.last_error, d.last_status_code, d.created_at, d.finished_at,
     d.endpoint_id, d.event_id, e.type, e.comment_id
   from deliveries d join events e on e.id = d.event_id`;

export type DeliveryQuery = {
  siteId: number;
  status: DeliveryStatus | null;
  type: string | null;
  endpointId: string | null;
  eventId: string | null;
  /** The last id of the page before. */
  before: string | null;
  limit: number;
};

/** A page of a site's deliveries, newest first, with one row more than `limit` if there are more. */
export async function listDeliveryRows(db: Database, query: DeliveryQuery): Promise<DeliveryRow[]> {
  const { siteId, type, endpointId, eventId, before, limit } = query;
  return db.run(listStatement(query), [siteId, limit + 1, type, endpointId, before, eventId]);
}

// A statement per combination of filters: only with the status written out may PostgreSQL use its partial index.
function listStatement({ status, type, endpointId, eventId, before }: DeliveryQuery) {
  const conditions = [
    status === null ? "true" : `d.status = '${status}'`,
    type === null ? "$3::text is null" : "e.type = $3",
    endpointId === null ? "$4::uuid is null" : "d.endpoint_id = $4::uuid",
    before === null ? "$5::bigint is null" : "d.id < $5::bigint",
    eventId === null ? "$6::uuid is null" : "d.event_id = $6::uuid",
  ];
  const filters = [status, type && "type", endpointId && "endpoint", before && "before", eventId && "event"];
  return statement<DeliveryRow>(
    `deliveries.list-${filters.filter(Boolean).join("-")}`,
    `${SELECT} where d.site_id = $1 and ${conditions.join(" and ")} order by d.id desc limit $2`,
  );
}

const FIND = statement<DeliveryRow>("deliveries.find", `${SELECT} where d.site_id = $1 and d.id = $2`);

export async function findDeliveryRow(
  db: Database,
  siteId: number,
  id: string,
): Promise<DeliveryRow | undefined> {
  return (await db.run(FIND, [siteId, id]))[0];
}

export type AttemptRow = {
  number: number;
  outcome: string;
  status_code: number | null;
  error: string | null;
  error_detail: string | null;
  response_excerpt: string | null;
  duration_ms: number;
  created_at: Date;
};

const ATTEMPTS = statement<AttemptRow>(
  "deliveries.attempts",
  `select number, outcome, status_code, error, error_detail, response_excerpt, duration_ms, created_at
   from delivery_attempts where delivery_id = $1 order by number desc limit $2`,
);

/** Latest first. */
export async function listAttemptRows(
  db: Database,
  deliveryId: string,
  limit: number,
): Promise<AttemptRow[]> {
  return db.run(ATTEMPTS, [deliveryId, limit]);
}

const RETRY = statement<{ id: string }>(
  "deliveries.retry",
  `update deliveries set status = 'pending', due_at = $3::timestamptz, finished_at = null,
     sweep_at = $3::timestamptz + make_interval(secs => $4)
   where site_id = $1 and id = $2 and (leased_until is null or leased_until <= $3::timestamptz)
   returning id`,
);

/** Owes a delivery anew; false when it is being sent at this moment. */
export async function retryDeliveryRow(
  db: Database,
  retry: { siteId: number; id: string; at: Date; sweepAfterSeconds: number },
): Promise<boolean> {
  const { siteId, id, at, sweepAfterSeconds } = retry;
  return (await db.run(RETRY, [siteId, id, at, sweepAfterSeconds])).length > 0;
}
