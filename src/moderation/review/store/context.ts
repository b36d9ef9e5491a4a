import type { CommentStatus } from "../../../comments/status.ts";
import { type Database, statement } from "../../../db/database.ts";
import { NEAR_DISTANCE_MAX } from "../../fingerprint.ts";

export type RevisionRow = { revision: number; body: string; replaced_at: Date };

const FIND_REVISIONS = statement<RevisionRow>(
  "review.revisions",
  `select revision, body, replaced_at from comment_revisions where comment_id = $1 order by revision desc limit $2`,
);

/** Earlier texts of a comment, the latest first. */
export async function findRevisions(db: Database, commentId: string, limit: number): Promise<RevisionRow[]> {
  return db.run(FIND_REVISIONS, [commentId, limit]);
}

export type NeighbourRow = {
  id: string;
  parent_id: string | null;
  depth: number;
  status: CommentStatus;
  name: string;
  body: string;
  reply_count: number;
  created_at: Date;
};

const NEIGHBOUR = "c.id, c.parent_id, c.depth, c.status, c.name, c.body, c.reply_count, c.created_at";

const FIND_ANCESTORS = statement<NeighbourRow>(
  "review.ancestors",
  `select ${NEIGHBOUR} from comments c where c.id = any($1::uuid[]) order by c.depth`,
);

/** Of the given ids, whatever their status: a reply to a comment rejected since is easier judged with it. */
export async function findAncestors(db: Database, ids: string[]): Promise<NeighbourRow[]> {
  return ids.length === 0 ? [] : db.run(FIND_ANCESTORS, [ids]);
}

const FIND_AROUND = statement<NeighbourRow & { path: Buffer }>(
  "review.around",
  `(select ${NEIGHBOUR}, c.path from comments c
    where c.thread_id = $1 and c.status = 'published' and c.path < $2 order by c.path desc limit $3)
   union all
   (select ${NEIGHBOUR}, c.path from comments c
    where c.thread_id = $1 and c.status = 'published' and c.path > $2 order by c.path limit $3)
   order by path`,
);

/** The published comments just before and after a place of the thread, in reading order; `limit` on each side. */
export async function findAround(
  db: Database,
  place: { threadId: string; path: Buffer },
  limit: number,
): Promise<{ before: NeighbourRow[]; after: NeighbourRow[] }> {
  const rows = await db.run(FIND_AROUND, [place.threadId, place.path, limit]);
  return {
    before: rows.filter((row) => row.path.compare(place.path) < 0),
    after: rows.filter((row) => row.path.compare(place.path) > 0),
  };
}

export type NearRepeatRow = {
  id: string;
  status: CommentStatus;
  author_is_same: boolean;
  thread_is_same: boolean;
  distance: number;
};

/** Looked at per band, the latest first: a flood of one text stays cheap to look up. */
const PER_BAND_MAX = 25;

const inBand = (band: number) =>
  `(select f.comment_id, f.author_id, f.thread_id, f.simhash from fingerprints f
    where f.site_id = o.site_id and f.band${band} = o.band${band} and f.comment_id <> o.comment_id
    order by f.comment_id desc limit ${PER_BAND_MAX})`;

const FIND_REPEATS = statement<NearRepeatRow>(
  "review.repeats",
  `select f.comment_id as id, c.status, f.author_id = o.author_id as author_is_same, f.thread_id = o.thread_id as thread_is_same,
     bit_count((f.simhash # o.simhash)::bit(64))::int as distance
   from fingerprints o
   cross join lateral (${[0, 1, 2, 3].map((band) => inBand(band)).join(" union ")}) f
   join comments c on c.id = f.comment_id and c.status <> 'removed'
   where o.comment_id = $1 and bit_count((f.simhash # o.simhash)::bit(64)) <= ${NEAR_DISTANCE_MAX}
   order by f.comment_id desc`,
);

/** Other comments of the site with (nearly) the same text, sent before or since; at most 100, the latest first. */
export async function findNearRepeats(db: Database, commentId: string): Promise<NearRepeatRow[]> {
  return db.run(FIND_REPEATS, [commentId]);
}
