import { type Database, statement, type Tx } from "../../db/database.ts";

const SPEND = statement<{ spent: boolean }>(
  "external.spend",
  `insert into external_usage as u (site_id, adapter, minute_at, minute_calls, day_at, day_calls)
   values ($1, $2, date_trunc('minute', $3::timestamptz), 1, date_trunc('day', $3::timestamptz, 'UTC'), 1)
   on conflict (site_id, adapter) do update set
     minute_calls = case when u.minute_at = excluded.minute_at then u.minute_calls + 1 else 1 end, minute_at = excluded.minute_at,
     day_calls = case when u.day_at = excluded.day_at then u.day_calls + 1 else 1 end, day_at = excluded.day_at
   where (u.minute_at <> excluded.minute_at or u.minute_calls < $4) and (u.day_at <> excluded.day_at or u.day_calls < $5)
   returning true as spent`,
);

export type Budget = { perMinute: number; perDay: number };

/** Counts one call of a site, over all processes; false, and nothing is counted, when the minute or the day (UTC) is used up. */
export async function spendCall(
  db: Database,
  key: { siteId: number; adapter: string },
  { perMinute, perDay }: Budget,
  now: Date,
): Promise<boolean> {
  return (await db.run(SPEND, [key.siteId, key.adapter, now, perMinute, perDay])).length > 0;
}

const NOTE_FAILURE = statement(
  "external.note-failure",
  `update external_usage set last_error = $3, last_error_at = $4, open_until = $5 where site_id = $1 and adapter = $2`,
);

/** For the people who look after it: what went wrong last, and until when this process leaves it alone. */
export async function noteFailure(
  db: Database,
  key: { siteId: number; adapter: string },
  failure: { error: string; at: Date; openUntil: Date | null },
): Promise<void> {
  await db.run(NOTE_FAILURE, [key.siteId, key.adapter, failure.error, failure.at, failure.openUntil]);
}

export type UsageRow = {
  adapter: string;
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
  `select adapter, minute_at, minute_calls, day_at, day_calls, last_error, last_error_at, open_until
   from external_usage where site_id = $1`,
);

export async function findUsage(db: Database, siteId: number): Promise<UsageRow[]> {
  return db.run(USAGE, [siteId]);
}

export type ReportRow = {
  id: string;
  site_key: string;
  status: string;
  body: string;
  name: string;
  website: string | null;
  parent_id: string | null;
  created_at: Date;
  request_facts: unknown;
  email_sealed: Buffer;
  site_id: number;
  thread_url: string;
  thread_language: string | null;
  /** Of the last automatic decision that asked. */
  evidence: unknown;
  trace: unknown;
  frame_id: string | null;
  reported: "spam" | "ham" | null;
  /** Whether the text is another than the one that was asked about. */
  is_edited: boolean;
  by_moderator: boolean;
};

const LOAD_REPORT = statement<ReportRow>(
  "external.load-report",
  `select c.id, s.key as site_key, c.status, c.body, c.name, c.website, c.parent_id, c.created_at, c.request_facts, a.email_sealed,
     c.site_id, t.url as thread_url, t.language as thread_language, d.evidence, d.trace, d.frame_id, r.verdict as reported,
     d.comment_revision <> c.revision as is_edited,
     coalesce((select l.actor_kind = 'moderator' from decisions l where l.comment_id = c.id and l.comment_version = c.version), false)
       as by_moderator
   from comments c
   join sites s on s.id = c.site_id
   join authors a on a.id = c.author_id
   join threads t on t.id = c.thread_id
   join lateral (
     select evidence, trace, frame_id, comment_revision from decisions
     where comment_id = c.id and actor_kind = 'policy' and evidence -> 'versions' ->> $2 is not null
     order by comment_version desc limit 1) d on true
   left join external_reports r on r.comment_id = c.id and r.adapter = $2
   where c.id = $1`,
);

/** A comment that an adapter was asked about, as it would be reported now; undefined when it was not asked. */
export async function loadReport(
  db: Database,
  commentId: string,
  adapter: string,
): Promise<ReportRow | undefined> {
  return (await db.run(LOAD_REPORT, [commentId, adapter]))[0];
}

const NOTE_REPORT = statement(
  "external.note-report",
  `insert into external_reports (comment_id, adapter, verdict, reported_at) values ($1, $2, $3, $4)
   on conflict (comment_id, adapter) do update set verdict = excluded.verdict, reported_at = excluded.reported_at`,
);

export async function noteReport(
  tx: Tx | Database,
  report: { commentId: string; adapter: string; verdict: "spam" | "ham"; at: Date },
): Promise<void> {
  await tx.run(NOTE_REPORT, [report.commentId, report.adapter, report.verdict, report.at]);
}
