import { type Database, statement } from "../../db/database.ts";

export type LeasedDelivery = {
  id: string;
  /** Attempts made before this one. */
  attempts: number;
  event_id: string;
  payload: string;
  endpoint_id: string;
  url: string;
  secret_sealed: Buffer;
  previous_secret_sealed: Buffer | null;
  previous_secret_until: Date | null;
};

// A first attempt is due whatever the clocks of two processes make of it. No indexed column changes, so this is cheap.
const CLAIM = statement<LeasedDelivery>(
  "deliveries.claim",
  `with claimable as (
     select d.id from deliveries d join endpoints p on p.id = d.endpoint_id
     where d.id = any($1::bigint[]) and d.status = 'pending' and (d.attempts = 0 or d.due_at <= $2)
       and (d.leased_until is null or d.leased_until <= $2)
       and p.enabled and (p.paused_until is null or p.paused_until <= $2)
     order by d.id for update of d skip locked
   )
   update deliveries d set leased_until = $3
   from claimable c, endpoints p, events e
   where d.id = c.id and p.id = d.endpoint_id and e.id = d.event_id
   returning d.id, d.attempts, d.event_id, e.payload, d.endpoint_id, p.url,
     p.secret_sealed, p.previous_secret_sealed, p.previous_secret_until`,
);

/** Leases those that may be sent now (compare-and-set), with all that sending needs; the others are left out. */
export async function claimDeliveries(
  db: Database,
  ids: string[],
  now: Date,
  leasedUntil: Date,
): Promise<LeasedDelivery[]> {
  return db.run(CLAIM, [ids, now, leasedUntil]);
}

const RELEASE = statement(
  "deliveries.release",
  `update deliveries set leased_until = null, sweep_at = $3
   where id = any($1::bigint[]) and status = 'pending' and leased_until = $2`,
);

/** Gives back leases whose deliveries were not sent. */
export async function releaseDeliveries(
  db: Database,
  ids: string[],
  leasedUntil: Date,
  sweepAt: Date,
): Promise<void> {
  await db.run(RELEASE, [ids, leasedUntil, sweepAt]);
}

const BURY = statement(
  "deliveries.bury-orphans",
  `update deliveries d set status = 'dead', last_error = 'endpoint_removed', finished_at = $2
   where d.id = any($1::bigint[]) and d.status = 'pending' and not exists (select from endpoints p where p.id = d.endpoint_id)`,
);

/** Dead-letters what a transaction older than its endpoint's removal brought into being. */
export async function buryOrphans(db: Database, ids: string[], now: Date): Promise<void> {
  await db.run(BURY, [ids, now]);
}

// Endpoint by endpoint, in random order and each with a share, so that a long backlog of one holds up no other.
// The wait doubles with the age of what is due, so that a long backlog is not doubled by its own sweeper.
const TAKE_DUE = statement<{ id: string }>(
  "deliveries.take-due",
  `with due as (
     select d.id
     from (
       select id from endpoints where enabled and (paused_until is null or paused_until <= $1) order by random()
     ) p
     cross join lateral (
       select id from deliveries
       where endpoint_id = p.id and status = 'pending' and sweep_at <= $1 and (leased_until is null or leased_until <= $1)
       order by sweep_at limit $3 for update skip locked
     ) d
     limit $2
   )
   update deliveries d set sweep_at = $1::timestamptz
     + greatest(make_interval(secs => $4), least($1::timestamptz - d.due_at, make_interval(secs => $5)))
   from due where d.id = due.id
   returning d.id`,
);

export type TakeDueLimits = {
  total: number;
  perEndpoint: number;
  waitSecondsMin: number;
  waitSecondsMax: number;
};

export async function takeDueRows(db: Database, now: Date, limits: TakeDueLimits): Promise<string[]> {
  const { total, perEndpoint, waitSecondsMin, waitSecondsMax } = limits;
  const rows = await db.run(TAKE_DUE, [now, total, perEndpoint, waitSecondsMin, waitSecondsMax]);
  return rows.map((row) => row.id);
}

// Part of what a queue refused may have arrived: then the lease, or when the next attempt is owed, stands.
const MAKE_DUE_AGAIN = statement(
  "deliveries.make-due-again",
  `update deliveries set sweep_at = greatest($2::timestamptz, due_at)
   where id = any($1::bigint[]) and status = 'pending' and (leased_until is null or leased_until <= $2::timestamptz)`,
);

export async function makeDueAgainRows(db: Database, ids: string[], at: Date): Promise<void> {
  await db.run(MAKE_DUE_AGAIN, [ids, at]);
}
