import { type Database, statement } from "../../db/database.ts";

export type CheckRow = {
  name: string;
  options: unknown;
  secret_sealed: Buffer | null;
  updated_at: Date;
};

const LIST = statement<CheckRow>(
  "external.list",
  "select name, options, secret_sealed, updated_at from external_checks where site_id = $1 order by name",
);

export async function listCheckRows(db: Database, siteId: number): Promise<CheckRow[]> {
  return db.run(LIST, [siteId]);
}

const PUT = statement<{ updated_at: Date }>(
  "external.put",
  `insert into external_checks (site_id, name, options, secret_sealed, updated_at) values ($1, $2, $3, $4, $5)
   on conflict (site_id, name) do update set options = excluded.options, secret_sealed = excluded.secret_sealed,
     updated_at = greatest(excluded.updated_at, external_checks.updated_at + interval '1 millisecond')
   returning updated_at`,
);

/** Times of change only go up, so that what was learned under older options is told from what is of now. */
export async function putCheckRow(
  db: Database,
  row: { siteId: number; name: string; options: unknown; secretSealed: Buffer | null; at: Date },
): Promise<void> {
  await db.run(PUT, [row.siteId, row.name, JSON.stringify(row.options), row.secretSealed, row.at]);
}

const DELETE = statement<{ name: string }>(
  "external.delete",
  `with usage as (delete from external_usage where site_id = $1 and name = $2)
   delete from external_checks where site_id = $1 and name = $2 returning name`,
);

/** With its secret and what was counted; false when there was none. */
export async function deleteCheckRow(db: Database, siteId: number, name: string): Promise<boolean> {
  return (await db.run(DELETE, [siteId, name])).length > 0;
}

export type UsageRow = {
  name: string;
  minute_at: Date;
  minute_calls: number;
  day_at: Date;
  day_calls: number;
  last_error: string | null;
  last_error_at: Date | null;
  open_until: Date | null;
};

const USAGE = statement<UsageRow>(
  "external.usage",
  `select name, minute_at, minute_calls, day_at, day_calls, last_error, last_error_at, open_until
   from external_usage where site_id = $1`,
);

export async function listUsage(db: Database, siteId: number): Promise<Map<string, UsageRow>> {
  return new Map((await db.run(USAGE, [siteId])).map((row) => [row.name, row]));
}

// A process whose clock is behind counts in the latest minute that any knows of.
const SPEND = statement<{ one: number }>(
  "external.spend",
  `insert into external_usage as u (site_id, name, minute_at, minute_calls, day_at, day_calls)
   values ($1, $2, date_trunc('minute', $3::timestamptz), 1, date_trunc('day', $3::timestamptz, 'UTC'), 1)
   on conflict (site_id, name) do update set
     minute_calls = case when excluded.minute_at > u.minute_at then 1 else u.minute_calls + 1 end,
     minute_at = greatest(u.minute_at, excluded.minute_at),
     day_calls = case when excluded.day_at > u.day_at then 1 else u.day_calls + 1 end,
     day_at = greatest(u.day_at, excluded.day_at)
   where (excluded.minute_at > u.minute_at or u.minute_calls < $4) and (excluded.day_at > u.day_at or u.day_calls < $5)
   returning 1 as one`,
);

/** Counts a call for all processes together; false when this minute or this day (UTC) has none left. */
export async function spendCall(
  db: Database,
  call: { siteId: number; name: string; at: Date; perMinute: number; perDay: number },
): Promise<boolean> {
  const { siteId, name, at, perMinute, perDay } = call;
  return (await db.run(SPEND, [siteId, name, at, perMinute, perDay])).length > 0;
}

const NOTE_FAILURE = statement(
  "external.note-failure",
  `update external_usage set last_error = $3, last_error_at = $4, open_until = coalesce($5, open_until)
   where site_id = $1 and name = $2`,
);

export async function noteFailure(
  db: Database,
  failure: { siteId: number; name: string; error: string; at: Date; openUntil: Date | null },
): Promise<void> {
  const { siteId, name, error, at, openUntil } = failure;
  await db.run(NOTE_FAILURE, [siteId, name, error, at, openUntil]);
}

const NOTE_RECOVERY = statement(
  "external.note-recovery",
  "update external_usage set open_until = null where site_id = $1 and name = $2 and open_until is not null",
);

export async function noteRecovery(db: Database, siteId: number, name: string): Promise<void> {
  await db.run(NOTE_RECOVERY, [siteId, name]);
}
