import { type Database, statement, type Tx } from "../../db/database.ts";
import { eventsSql } from "../../db/events-sql.ts";
import { columnsOf, INT4, TEXT, TIMESTAMPTZ, UUID } from "../../db/binary-array.ts";

export type NewEvent = {
  id: string;
  siteId: number;
  type: string;
  commentId: string;
  /** JSON. */
  payload: string;
  createdAt: Date;
};

// In the transaction that made them true. Only ids of deliveries that can go out now come back.
const INSERT_EVENTS = statement<{ delivery_id: string }>(
  "events.insert",
  `with ${eventsSql(`select * from unnest($1::uuid[], $2::int[], $3::text[], $4::uuid[], $5::text[], $6::timestamptz[])`, "$7")}
   select delivery_id from sendable order by delivery_id`,
);

/** Writes events and the deliveries they are owed to; returns the ids of those that can be sent now. */
export async function insertEvents(tx: Tx, events: NewEvent[], sweepAfterSeconds: number): Promise<string[]> {
  const column = columnsOf(events);
  const rows = await tx.run(INSERT_EVENTS, [
    column(UUID, (event) => event.id),
    column(INT4, (event) => event.siteId),
    column(TEXT, (event) => event.type),
    column(UUID, (event) => event.commentId),
    column(TEXT, (event) => event.payload),
    column(TIMESTAMPTZ, (event) => event.createdAt),
    sweepAfterSeconds,
  ]);
  return rows.map((row) => row.delivery_id);
}

const INSERT_TEST = statement<{ delivery_id: string }>(
  "events.insert-test",
  `with event as (
     insert into events (id, site_id, type, payload, created_at)
     select $1, $2, $3, $4, $5 from endpoints where id = $6 and site_id = $2 and enabled
     returning id, site_id, created_at
   )
   insert into deliveries (event_id, endpoint_id, site_id, due_at, sweep_at, created_at)
   select e.id, $6, e.site_id, e.created_at, e.created_at + make_interval(secs => $7), e.created_at from event e
   returning id as delivery_id`,
);

export type NewTestEvent = Omit<NewEvent, "commentId"> & { endpointId: string };

/** Writes an event that is owed to one endpoint alone; returns the delivery's id, undefined unless the endpoint is enabled. */
export async function insertTestEvent(
  db: Database,
  event: NewTestEvent,
  sweepAfterSeconds: number,
): Promise<string | undefined> {
  const { id, siteId, type, payload, createdAt, endpointId } = event;
  const values = [id, siteId, type, payload, createdAt, endpointId, sweepAfterSeconds];
  return (await db.run(INSERT_TEST, values))[0]?.delivery_id;
}

export type EventRow = { id: string; type: string; comment_id: string | null; created_at: Date };

export type EventQuery = {
  siteId: number;
  type: string | null;
  /** Events from then on. */
  since: Date | null;
  /** The least id that an event of {@link EventQuery.since} can have. */
  sinceId: string | null;
  sort: "newest" | "oldest";
  after: string | null;
  limit: number;
};

/** A page of a site's events by id, with one row more than `limit` if there are more. */
export async function listEventRows(db: Database, query: EventQuery): Promise<EventRow[]> {
  const { siteId, limit, since, sinceId, type, after } = query;
  return db.run(listStatement(query), [siteId, limit + 1, since, sinceId, type, after]);
}

// A statement per combination of filters, so that each is planned for its own index.
function listStatement({ type, since, after, sort }: EventQuery) {
  const conditions = [
    since === null
      ? "$3::timestamptz is null and $4::uuid is null"
      : "id >= $4::uuid and created_at >= $3::timestamptz",
    type === null ? "$5::text is null" : "type = $5",
    after === null ? "$6::uuid is null" : `id ${sort === "newest" ? "<" : ">"} $6::uuid`,
  ];
  const name = [sort, since && "since", type && "type", after && "after"].filter(Boolean).join("-");
  return statement<EventRow>(
    `events.list-${name}`,
    `select id, type, comment_id, created_at from events
     where site_id = $1 and ${conditions.join(" and ")}
     order by id ${sort === "newest" ? "desc" : "asc"} limit $2`,
  );
}

const FIND = statement<EventRow & { payload: string }>(
  "events.find",
  "select id, type, comment_id, payload, created_at from events where site_id = $1 and id = $2",
);

export async function findEventRow(
  db: Database,
  siteId: number,
  id: string,
): Promise<(EventRow & { payload: string }) | undefined> {
  return (await db.run(FIND, [siteId, id]))[0];
}
