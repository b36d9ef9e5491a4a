import { type Database, statement } from "../../db/database.ts";
import { uuidFloor } from "../../ids.ts";

// By the time in their ids; and by their own where the ids lie ahead, since ids never go back when a clock does.
const DELETE = statement<{ comment_id: string }>(
  "sources.delete",
  `delete from comment_sources where comment_id in (
     select comment_id from comment_sources where comment_id < $1
     union all
     select comment_id from comment_sources where comment_id >= $2 and created_at < $3
     limit $4) returning comment_id`,
);

/** Of comments made before that; how many were deleted, at most `limit`. */
export async function deleteSourcesBefore(
  db: Database,
  { before, now }: { before: Date; now: Date },
  limit: number,
): Promise<number> {
  const values = [uuidFloor(before.getTime()), uuidFloor(now.getTime()), before, limit];
  return (await db.run(DELETE, values)).length;
}

const FIND_SENDER = statement<{ sender_sealed: Buffer | null }>(
  "sources.find-sender",
  "select sender_sealed from comment_sources where comment_id = $1",
);

/** Who sent a comment, sealed; null when that was not kept, or is forgotten. */
export async function findSealedSender(db: Database, commentId: string): Promise<Buffer | null> {
  return (await db.run(FIND_SENDER, [commentId]))[0]?.sender_sealed ?? null;
}

const FORGET_SENDERS = statement(
  "sources.forget-senders",
  "update comment_sources set sender_sealed = null where comment_id = any($1::uuid[]) and sender_sealed is not null",
);

/** Forgets the senders' addresses; their keyed hashes stay until they expire. */
export async function forgetSenders(db: Database, commentIds: string[]): Promise<void> {
  await db.run(FORGET_SENDERS, [commentIds]);
}
