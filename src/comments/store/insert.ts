import { BYTEA, columnsOf, INT4, INT8, TEXT, TIMESTAMPTZ, UUID } from "../../db/binary-array.ts";
import { type Database, statement } from "../../db/database.ts";
import { eventsSql } from "../../db/events-sql.ts";
import { SWEEP_AFTER_SECONDS } from "../../queue/outbox.ts";
import type { CommentStatus } from "../status.ts";

/** A submission with its identity and everything derived from it; what is still unknown is the author's and parent's rows. */
export type NewComment = {
  id: string;
  siteId: number;
  threadId: string;
  parentId: string | null;
  emailHash: Buffer;
  emailSealed: Buffer;
  name: string;
  website: string | null;
  body: string;
  dedupeKey: Buffer;
  payloadHash: Buffer;
  /** JSON of RequestFacts. */
  requestFacts: string;
  ipHash: Buffer;
  networkHash: Buffer;
  /** For the site's external checks; null unless they want it. */
  senderSealed: Buffer | null;
  depthMax: number;
  requestId: string | null;
  createdAt: Date;
  /** When the sweeper may take over if the queue lost it. */
  dueAt: Date;
  /** Its `comment.submitted`. */
  event: { id: string; payload: string };
};

// One statement, and so one transaction, for a whole group. Authors are upserted in key order, so that two groups cannot deadlock; a row that
// another group inserted meanwhile is not visible to this snapshot, and its comment is simply left for the next group.
// `offset 0` keeps the planner from looking for a parent among all that its thread has published, which it takes for few while
// a table is young.
const INSERT = statement<{ id: string | null; delivery_id: string | null }>(
  "comments.insert",
  `with input as (
     select * from unnest($1::uuid[], $2::int[], $3::bigint[], $4::uuid[], $5::bytea[], $6::bytea[], $7::text[], $8::text[],
       $9::text[], $10::bytea[], $11::bytea[], $12::text[], $13::bytea[], $14::bytea[], $15::int[], $16::text[],
       $17::timestamptz[], $18::timestamptz[], $19::uuid[], $20::text[], $21::bytea[])
     as t(id, site_id, thread_id, parent_id, email_hash, email_sealed, name, website,
       body, dedupe_key, payload_hash, request_facts, ip_hash, network_hash, depth_max, request_id, created_at, due_at,
       event_id, event_payload, sender_sealed)
   ), known as (
     select a.id, site_id, email_hash from (select distinct site_id, email_hash from input) i
     cross join lateral (
       select id from authors a where a.site_id = i.site_id and a.email_hash = i.email_hash offset 0
     ) a
   ), added as (
     insert into authors (site_id, email_hash, email_sealed, name, created_at)
     select distinct on (site_id, email_hash) site_id, email_hash, email_sealed, name, created_at
     from input i where not exists (select from known k where k.site_id = i.site_id and k.email_hash = i.email_hash)
     order by site_id, email_hash, i.id
     on conflict (site_id, email_hash) do nothing returning id, site_id, email_hash
   ), author as (
     select * from known union all select * from added
   ), inserted as (
     insert into comments (id, site_id, thread_id, author_id, parent_id, root_id, depth, path, name, website, body,
       dedupe_key, payload_hash, request_facts, created_at, status_at)
     select i.id, i.site_id, i.thread_id, a.id, i.parent_id, coalesce(p.root_id, i.id), coalesce(p.depth + 1, 0),
       coalesce(p.path, ''::bytea) || uuid_send(i.id), i.name, i.website, i.body,
       i.dedupe_key, i.payload_hash, i.request_facts::json, i.created_at, i.created_at
     from input i
     join author a using (site_id, email_hash)
     join lateral (
       select site_id, closed_at from threads where id = i.thread_id offset 0
     ) t on t.site_id = i.site_id and (t.closed_at is null or t.closed_at > i.created_at)
     left join lateral (
       select root_id, depth, path, thread_id, status from comments where id = i.parent_id offset 0
     ) p on p.thread_id = i.thread_id and p.status = 'published'
     where i.parent_id is null or p.depth < i.depth_max
     on conflict (dedupe_key) do nothing
     returning id
   ), sources as (
     insert into comment_sources (comment_id, ip_hash, network_hash, sender_sealed, created_at)
     select id, ip_hash, network_hash, sender_sealed, created_at from input join inserted using (id)
   ), owed as (
     insert into outbox (topic, key, request_id, due_at, created_at)
     select 'comment.check', id, request_id, due_at, created_at from input join inserted using (id)
   ), ${eventsSql(
     `select i.event_id, i.site_id, 'comment.submitted', i.id, i.event_payload, i.created_at
     from input i join inserted using (id) order by i.event_id`,
     String(SWEEP_AFTER_SECONDS),
   )}
   select id, null::bigint as delivery_id from inserted union all select null, delivery_id from sendable`,
);

type Inserted = {
  /** Ids of comments. */
  comments: Set<string>;
  /** Ids of deliveries of their events that can be sent now. */
  deliveries: string[];
};

/** Inserts what can be inserted, with its event and the work it owes, in a transaction of its own. */
export async function insertComments(db: Database, comments: NewComment[]): Promise<Inserted> {
  const column = columnsOf(comments);
  const rows = await db.run(INSERT, [
    column(UUID, (c) => c.id),
    column(INT4, (c) => c.siteId),
    column(INT8, (c) => c.threadId),
    column(UUID, (c) => c.parentId),
    column(BYTEA, (c) => c.emailHash),
    column(BYTEA, (c) => c.emailSealed),
    column(TEXT, (c) => c.name),
    column(TEXT, (c) => c.website),
    column(TEXT, (c) => c.body),
    column(BYTEA, (c) => c.dedupeKey),
    column(BYTEA, (c) => c.payloadHash),
    column(TEXT, (c) => c.requestFacts),
    column(BYTEA, (c) => c.ipHash),
    column(BYTEA, (c) => c.networkHash),
    column(INT4, (c) => c.depthMax),
    column(TEXT, (c) => c.requestId),
    column(TIMESTAMPTZ, (c) => c.createdAt),
    column(TIMESTAMPTZ, (c) => c.dueAt),
    column(UUID, (c) => c.event.id),
    column(TEXT, (c) => c.event.payload),
    column(BYTEA, (c) => c.senderSealed),
  ]);
  return {
    comments: new Set(rows.flatMap(({ id }) => id ?? [])),
    deliveries: rows.flatMap(({ delivery_id: id }) => id ?? []),
  };
}

export type ExistingSubmission = {
  id: string;
  status: CommentStatus;
  payload_hash: Buffer;
  created_at: Date;
  ip_hash: Buffer | null;
};

const FIND_BY_DEDUPE = statement<ExistingSubmission>(
  "comments.by-dedupe",
  `select c.id, c.status, c.payload_hash, c.created_at, s.ip_hash
   from comments c left join comment_sources s on s.comment_id = c.id where c.dedupe_key = $1`,
);

export async function findByDedupeKey(db: Database, key: Buffer): Promise<ExistingSubmission | undefined> {
  return (await db.run(FIND_BY_DEDUPE, [key]))[0];
}

export type Obstacles = { thread_closed: boolean; parent_found: boolean; parent_depth: number | null };

const FIND_OBSTACLES = statement<Obstacles>(
  "comments.obstacles",
  `select t.closed_at is not null and t.closed_at <= $3 as thread_closed, p.id is not null as parent_found, p.depth as parent_depth
   from threads t left join comments p on p.id = $2::uuid and p.thread_id = t.id and p.status = 'published'
   where t.id = $1`,
);

/** Why a comment was not inserted, as far as its thread and parent tell. */
export async function findObstacles(
  db: Database,
  threadId: string,
  parentId: string | null,
  at: Date,
): Promise<Obstacles | undefined> {
  return (await db.run(FIND_OBSTACLES, [threadId, parentId, at]))[0];
}
