import { type Database, statement, type Tx } from "../db/database.ts";

/** Kinds of owed work in the outbox. Webhook deliveries keep their own ledger, the deliveries table. */
export const OUTBOX_TOPICS = [
  "comment.check",
  "campaign.decide",
  "model.learn",
  "comment.consult",
  "external.report",
] as const;
export type OutboxTopic = (typeof OUTBOX_TOPICS)[number];

/** Seconds that the queue has for a piece of work before the sweeper hands it over again. */
export const SWEEP_AFTER_SECONDS = 10;
/** Seconds a worker may hold a piece of work; past that another may take it. */
export const LEASE_SECONDS = 30;
/** Times a piece of work may fail before it is parked with its reason. */
export const ATTEMPTS_MAX = 5;
/**
 * Times it may be taken up without ever coming to an end, as when it takes its worker with it. More than the failures that park:
 * many an innocent is in a worker's hands when that is killed for other reasons.
 */
export const CLAIMS_MAX = 20;

/** What a worker holds: the right to do this piece of work until then. */
export type Lease = {
  key: string;
  /** Times it was taken up, this one included. */
  attempts: number;
  leased_until: Date;
  /** When it was owed, for the last time. */
  created_at: Date;
};

const CLAIM = statement<Lease>(
  "outbox.claim",
  `update outbox set leased_until = $3::timestamptz + make_interval(secs => ${LEASE_SECONDS}), attempts = attempts + 1
   where topic = $1 and key in (
     select key from outbox where topic = $1 and key = any($2::uuid[]) and parked_at is null
       and (leased_until is null or leased_until <= $3::timestamptz)
     order by key for update skip locked)
   returning key, attempts, leased_until, created_at`,
);

// A batch costs little more than one piece of work, so a worker that comes takes what else waits, the oldest first. What was
// tried before is left to its own hint: it may be what makes a batch fail.
const CLAIM_MORE = statement<Lease>(
  "outbox.claim-more",
  `with asked as materialized (
     select key from outbox where topic = $1 and key = any($2::uuid[]) and parked_at is null
       and (leased_until is null or leased_until <= $3::timestamptz)
     order by key for update skip locked
   ), more as materialized (
     select key from outbox where topic = $1 and key <> all($2::uuid[]) and parked_at is null
       and leased_until is null and attempts = 0
     order by key limit greatest(0, $4::bigint - (select count(*) from asked)) for update skip locked
   )
   update outbox set leased_until = $3::timestamptz + make_interval(secs => ${LEASE_SECONDS}), attempts = attempts + 1
   where topic = $1 and key = any(array(select key from asked union all select key from more))
   returning key, attempts, leased_until, created_at`,
);

// What waits for a claim cannot be guessed from the statistics of a table that is empty at most times: the planner takes it for
// next to nothing, reads all of it each time and sorts. In the order of the index only what is claimed is read (db/database.ts has
// turned off the third way to read all of it).
const IN_ORDER = statement(
  "outbox.in-order",
  "select set_config('enable_sort', 'off', true), set_config('enable_bitmapscan', 'off', true)",
);

/**
 * Leases what is still owed of `keys` (compare-and-set); whatever another worker holds or has done is left out.
 * @param fillTo leases other work that nobody has begun as well, up to so many in all
 */
export async function claimOwed(
  db: Database,
  topic: OutboxTopic,
  keys: string[],
  now: Date,
  fillTo = 0,
): Promise<Lease[]> {
  if (fillTo === 0) return db.run(CLAIM, [topic, keys, now]);
  return db.transaction(async (tx) => {
    const [, leases] = await Promise.all([
      tx.run(IN_ORDER, []),
      tx.run(CLAIM_MORE, [topic, keys, now, fillTo]),
    ]);
    return leases;
  });
}

const OWE = statement(
  "outbox.owe",
  `insert into outbox (topic, key, request_id, due_at, created_at)
   values ($1, $2, $3, $4::timestamptz + make_interval(secs => ${SWEEP_AFTER_SECONDS}), $4)
   on conflict (topic, key) do update set request_id = excluded.request_id, due_at = excluded.due_at,
     created_at = excluded.created_at, leased_until = null, attempts = 0, last_error = null, parked_at = null`,
);

/** Owes work anew (an edited comment): whoever holds the old lease finds the comment's version changed. */
export async function owe(
  tx: Tx,
  topic: OutboxTopic,
  key: string,
  requestId: string | null,
  now: Date,
): Promise<void> {
  await tx.run(OWE, [topic, key, requestId, now]);
}

const OWE_ALL = statement(
  "outbox.owe-all",
  `insert into outbox (topic, key, request_id, due_at, created_at)
   select $1, key, null, $3::timestamptz + make_interval(secs => ${SWEEP_AFTER_SECONDS}), $3
   from unnest($2::uuid[]) as k(key) order by key
   on conflict (topic, key) do update set request_id = excluded.request_id, due_at = excluded.due_at,
     created_at = excluded.created_at, leased_until = null, attempts = 0, last_error = null, parked_at = null`,
);

/** Owes work for several keys, each given once. Whoever works on one of them now has it owed anew afterwards. */
export async function oweAll(tx: Tx, topic: OutboxTopic, keys: string[], now: Date): Promise<void> {
  await tx.run(OWE_ALL, [topic, keys, now]);
}

const SETTLE = statement(
  "outbox.settle",
  `delete from outbox o using unnest($2::uuid[], $3::timestamptz[]) as l(key, leased_until)
   where o.topic = $1 and o.key = l.key and o.leased_until = l.leased_until`,
);

/** Done, or not needed any more. Work that was owed anew since the lease stays owed. */
export async function settle(db: Database | Tx, topic: OutboxTopic, leases: Lease[]): Promise<void> {
  await db.run(SETTLE, [topic, leases.map((lease) => lease.key), leases.map((lease) => lease.leased_until)]);
}

const RELEASE = statement(
  "outbox.release",
  `update outbox o set leased_until = null, attempts = o.attempts - 1, due_at = $4::timestamptz + interval '2 seconds'
   from unnest($2::uuid[], $3::timestamptz[]) as l(key, leased_until)
   where o.topic = $1 and o.key = l.key and o.leased_until = l.leased_until`,
);

/** Gives leases back untouched, as if they had not been taken: something was away that is no fault of the work. */
export async function release(db: Database, topic: OutboxTopic, leases: Lease[], now: Date): Promise<void> {
  const columns = [leases.map((lease) => lease.key), leases.map((lease) => lease.leased_until)];
  await db.run(RELEASE, [topic, ...columns, now]);
}

const FAIL = statement<{ parked: boolean; attempts: number }>(
  "outbox.fail",
  `update outbox set last_error = $3, leased_until = null,
     due_at = $4::timestamptz + make_interval(secs => least(600, 2 ^ attempts)),
     parked_at = case when attempts >= ${ATTEMPTS_MAX} then $4::timestamptz end
   where topic = $1 and key = $2
   returning parked_at is not null as parked, attempts`,
);

/** Gives back a lease after a failure: due again with backoff, or parked once {@link ATTEMPTS_MAX} is reached. */
export async function giveBack(
  db: Database | Tx,
  topic: OutboxTopic,
  key: string,
  error: string,
  now: Date,
): Promise<{ parked: boolean; attempts: number } | undefined> {
  return (await db.run(FAIL, [topic, key, error.slice(0, 500), now]))[0];
}

// The wait doubles with the age of the work, so that a long backlog is not doubled by its own sweeper.
const SWEEP = statement<{ key: string }>(
  "outbox.sweep",
  `update outbox set due_at = $2::timestamptz
     + greatest(make_interval(secs => ${SWEEP_AFTER_SECONDS}), least($2::timestamptz - created_at, interval '10 minutes'))
   where (topic, key) in (
     select topic, key from outbox where topic = $1 and due_at <= $2 and parked_at is null
       and (leased_until is null or leased_until <= $2)
     order by due_at limit $3 for update skip locked)
   returning key`,
);

/** Work that the queue should have done by now, at most `limit` of it, put off so that no second sweeper takes it too. */
export async function takeOverdue(
  db: Database,
  topic: OutboxTopic,
  now: Date,
  limit: number,
): Promise<string[]> {
  return (await db.run(SWEEP, [topic, now, limit])).map((row) => row.key);
}

const MAKE_DUE = statement(
  "outbox.make-due",
  "update outbox set due_at = $3 where topic = $1 and key = any($2::uuid[])",
);

/** Sets when the sweeper may take this work again, after a hand-over that the queue refused. */
export async function makeDueAgain(
  db: Database,
  topic: OutboxTopic,
  keys: string[],
  at: Date,
): Promise<void> {
  await db.run(MAKE_DUE, [topic, keys, at]);
}

const PARKED = statement<{ key: string; last_error: string | null; attempts: number; parked_at: Date }>(
  "outbox.parked",
  `select key, last_error, attempts, parked_at from outbox where topic = $1 and parked_at is not null
   order by parked_at desc limit $2`,
);

export async function listParked(
  db: Database,
  topic: OutboxTopic,
  limit: number,
): Promise<{ key: string; last_error: string | null; attempts: number; parked_at: Date }[]> {
  return db.run(PARKED, [topic, limit]);
}

const UNPARK = statement<{ key: string }>(
  "outbox.unpark",
  `update outbox set parked_at = null, attempts = 0, leased_until = null, due_at = $2
   where topic = $1 and parked_at is not null returning key`,
);

/** Owes all parked work again, at once. Returns the keys. */
export async function unpark(db: Database, topic: OutboxTopic, now: Date): Promise<string[]> {
  return (await db.run(UNPARK, [topic, now])).map((row) => row.key);
}

export type OutboxDepth = { owed: number; parked: number; oldest_seconds: number | null };

const DEPTH = statement<OutboxDepth>(
  "outbox.depth",
  `select count(*) filter (where parked_at is null)::int as owed, count(parked_at)::int as parked,
     extract(epoch from $2::timestamptz - min(created_at) filter (where parked_at is null))::float8 as oldest_seconds
   from outbox where topic = $1`,
);

/** How much is owed and since when, for metrics and readiness. */
export async function outboxDepth(db: Database, topic: OutboxTopic, now: Date): Promise<OutboxDepth> {
  const rows = await db.run(DEPTH, [topic, now]);
  return rows[0] ?? { owed: 0, parked: 0, oldest_seconds: null };
}

const HAND_ON = statement<{ key: string }>(
  "outbox.hand-on",
  `with taken as (
     delete from outbox where topic = $1 and key = any($3::uuid[]) and leased_until is not null returning key, request_id, created_at
   )
   insert into outbox (topic, key, request_id, due_at, created_at)
   select $2, key, request_id, $4::timestamptz + make_interval(secs => ${SWEEP_AFTER_SECONDS}), created_at from taken order by key
   on conflict (topic, key) do update set due_at = excluded.due_at, leased_until = null, attempts = 0, parked_at = null
   returning key`,
);

/** Makes leased work of one topic owed under another, in one step. Returns the keys that were still leased. */
export async function handOn(
  db: Database,
  topics: { from: OutboxTopic; to: OutboxTopic },
  keys: string[],
  now: Date,
): Promise<string[]> {
  return (await db.run(HAND_ON, [topics.from, topics.to, keys, now])).map((row) => row.key);
}

const PUT_OFF = statement(
  "outbox.put-off",
  `update outbox set leased_until = null, last_error = $4, due_at = $5
   where topic = $1 and key = $2 and leased_until = $3`,
);

/** Gives a lease back after a failure that is nobody's fault here, to be taken up again at a time of one's own choice. */
export async function putOff(
  db: Database,
  topic: OutboxTopic,
  lease: Lease,
  { error, dueAt }: { error: string; dueAt: Date },
): Promise<void> {
  await db.run(PUT_OFF, [topic, lease.key, lease.leased_until, error.slice(0, 500), dueAt]);
}
