import type { AuthorStatus, CommentStatus } from "../comments/status.ts";
import { type Database, statement } from "../db/database.ts";
import { BYTEA, columnsOf, INT4, INT8, UUID } from "../db/binary-array.ts";
import { NEAR_DISTANCE_MAX } from "./fingerprint.ts";

export type CheckRow = {
  id: string;
  site_id: number;
  site_key: string;
  version: number;
  revision: number;
  status: CommentStatus;
  name: string;
  website: string | null;
  body: string;
  parent_id: string | null;
  depth: number;
  created_at: Date;
  request_facts: unknown;
  author_id: string;
  email_sealed: Buffer;
  author_status: AuthorStatus;
  published_count: number;
  held_count: number;
  rejected_count: number;
  spam_count: number;
  author_created_at: Date;
  thread_id: string;
  thread_key: string;
  thread_url: string;
  thread_title: string | null;
  thread_language: string | null;
  ip_hash: Buffer | null;
  network_hash: Buffer | null;
  /** The campaign it was put into by an earlier check. */
  campaign_id: string | null;
};

// Each by its id: left to choose, the planner joins what it believes to be empty by reading all of it (`offset 0` takes the choice).
const LOAD = statement<CheckRow>(
  "check.load",
  `select c.id, c.site_id, s.key as site_key, c.version, c.revision, c.status, c.name, c.website, c.body, c.parent_id, c.depth,
     c.created_at, c.request_facts, c.author_id, a.email_sealed, a.status as author_status, a.published_count, a.held_count,
     a.rejected_count, a.spam_count, a.created_at as author_created_at, c.thread_id, t.key as thread_key, t.url as thread_url,
     t.title as thread_title, t.language as thread_language, o.ip_hash, o.network_hash, m.campaign_id
   from unnest($1::uuid[]) as i(id)
   cross join lateral (select * from comments where id = i.id offset 0) c
   cross join lateral (select * from authors where id = c.author_id offset 0) a
   cross join lateral (select * from threads where id = c.thread_id offset 0) t
   left join lateral (select * from comment_sources where comment_id = c.id offset 0) o on true
   left join lateral (select * from campaign_members where comment_id = c.id offset 0) m on true
   join sites s on s.id = c.site_id
   order by c.id`,
);

/** @param ids each given once */
export async function loadForCheck(db: Database, ids: string[]): Promise<CheckRow[]> {
  return db.run(LOAD, [ids]);
}

export type FingerprintRow = {
  commentId: string;
  siteId: number;
  authorId: string;
  threadId: string;
  simhash: bigint;
  bands: readonly number[];
  sketch: Uint8Array | null;
};

const INSERT_FINGERPRINTS = statement(
  "fingerprints.insert",
  `insert into fingerprints (comment_id, site_id, author_id, thread_id, simhash, band0, band1, band2, band3, sketch)
   select * from unnest($1::uuid[], $2::int[], $3::bigint[], $4::bigint[], $5::bigint[], $6::int[], $7::int[], $8::int[], $9::int[],
     $10::bytea[])
   on conflict (comment_id) do update set simhash = excluded.simhash, band0 = excluded.band0, band1 = excluded.band1,
     band2 = excluded.band2, band3 = excluded.band3, sketch = excluded.sketch
   where (fingerprints.simhash, fingerprints.sketch) is distinct from (excluded.simhash, excluded.sketch)`,
);

/** Committed before the look-up, so that of two workers with the same text at least the later sees the other's. */
export async function insertFingerprints(db: Database, rows: FingerprintRow[]): Promise<void> {
  const sketches = columnsOf(rows)(BYTEA, ({ sketch }) => sketch);
  await db.run(INSERT_FINGERPRINTS, [...fingerprintColumns(rows), sketches]);
}

export type RepeatRow = {
  comment_id: string;
  match_id: string;
  author_id: string;
  thread_id: string;
  distance: number;
  sketch: Buffer | null;
  status: CommentStatus;
};

/** Matches looked at per band, the latest first: a flood of one text stays cheap to recognise. */
const MATCHES_PER_BAND_MAX = 25;

const bandLookup = (band: number) =>
  `(select f.comment_id, f.author_id, f.thread_id, f.simhash, f.sketch from fingerprints f
    where f.site_id = i.site_id and f.band${band} = i.band${band} and f.comment_id < i.comment_id
    order by f.comment_id desc limit ${MATCHES_PER_BAND_MAX})`;

// What several bands find is one match: told apart for the batch, which costs less than for each of its comments.
const FIND_REPEATS = statement<RepeatRow>(
  "fingerprints.repeats",
  `select m.*, c.status from (
     select distinct on (i.comment_id, f.comment_id) i.comment_id, f.comment_id as match_id, f.author_id, f.thread_id,
       bit_count((f.simhash # i.simhash)::bit(64))::int as distance, f.sketch
     from unnest($1::uuid[], $2::int[], $3::bigint[], $4::bigint[], $5::bigint[], $6::int[], $7::int[], $8::int[], $9::int[])
       as i(comment_id, site_id, author_id, thread_id, simhash, band0, band1, band2, band3)
     cross join lateral (
       ${[0, 1, 2, 3].map((band) => bandLookup(band)).join("\n union all ")}
     ) f
     where f.sketch is not null or bit_count((f.simhash # i.simhash)::bit(64)) <= ${NEAR_DISTANCE_MAX}
   ) m
   cross join lateral (select status from comments where id = m.match_id offset 0) c
   where c.status <> 'removed'`,
);

/** What may be alike: by distance, or by its sketch, which is for the caller to compare. */
export async function findRepeats(db: Database, rows: FingerprintRow[]): Promise<RepeatRow[]> {
  return db.run(FIND_REPEATS, fingerprintColumns(rows));
}

function fingerprintColumns(rows: FingerprintRow[]): Buffer[] {
  const column = columnsOf(rows);
  return [
    column(UUID, (row) => row.commentId),
    column(INT4, (row) => row.siteId),
    column(INT8, (row) => row.authorId),
    column(INT8, (row) => row.threadId),
    column(INT8, (row) => row.simhash),
    ...[0, 1, 2, 3].map((band) => column(INT4, (row) => row.bands[band] ?? 0)),
  ];
}

export type FloodRow = {
  comment_id: string;
  author_minute: number;
  author_ten_minutes: number;
  ip_ten_minutes: number;
  network_ten_minutes: number;
};

/** Counting stops here: whoever is past it is a flood by any rule. */
const FLOOD_COUNT_MAX = 1_000;

// The bounds are UUIDv7s of the window's start, so that each count is one range of an index. Compared with the sender in front of
// it, since by the id alone the planner would read all of the window where it takes the table for empty.
const countOf = (table: string, [sender, id]: [string, string], from: string) =>
  `(select count(*)::int from (
     select from ${table} x where (x.${sender}, x.${id}) >= (i.${sender}, i.${from})
       and (x.${sender}, x.${id}) < (i.${sender}, i.comment_id) limit ${FLOOD_COUNT_MAX}) n)`;

const COUNT_FLOOD = statement<FloodRow>(
  "check.flood",
  `select i.comment_id,
     ${countOf("comments", ["author_id", "id"], "since_minute")} as author_minute,
     ${countOf("comments", ["author_id", "id"], "since_ten")} as author_ten_minutes,
     ${countOf("comment_sources", ["ip_hash", "comment_id"], "since_ten")} as ip_ten_minutes,
     ${countOf("comment_sources", ["network_hash", "comment_id"], "since_ten")} as network_ten_minutes
   from unnest($1::uuid[], $2::bigint[], $3::bytea[], $4::bytea[], $5::uuid[], $6::uuid[])
     as i(comment_id, author_id, ip_hash, network_hash, since_minute, since_ten)`,
);

export type FloodLookup = {
  commentId: string;
  authorId: string;
  ipHash: Buffer | null;
  networkHash: Buffer | null;
  sinceMinute: string;
  sinceTenMinutes: string;
};

export async function countFlood(db: Database, lookups: FloodLookup[]): Promise<Map<string, FloodRow>> {
  const column = columnsOf(lookups);
  const rows = await db.run(COUNT_FLOOD, [
    column(UUID, (row) => row.commentId),
    column(INT8, (row) => row.authorId),
    column(BYTEA, (row) => row.ipHash),
    column(BYTEA, (row) => row.networkHash),
    column(UUID, (row) => row.sinceMinute),
    column(UUID, (row) => row.sinceTenMinutes),
  ]);
  return new Map(rows.map((row) => [row.comment_id, row]));
}

const COUNT_SITE = statement<{ count: number }>(
  "check.site-flood",
  `select count(*)::int as count from (
     select from comments where site_id = $1 and id >= $2 limit ${FLOOD_COUNT_MAX * 5}) n`,
);

/** Comments of a site since the birth time of an id; counting stops at 5,000. */
export async function countSince(db: Database, siteId: number, sinceId: string): Promise<number> {
  return (await db.run(COUNT_SITE, [siteId, sinceId]))[0]?.count ?? 0;
}
