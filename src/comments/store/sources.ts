import { type Database, statement } from "../../db/database.ts";
import { uuidFloor } from "../../ids.ts";

const DELETE = statement<{ comment_id: string }>(
  "sources.delete",
  `delete from comment_sources where comment_id in (
     select comment_id from comment_sources where comment_id < $1 order by comment_id limit $2) returning comment_id`,
);

/** Of comments born before that; how many were deleted, at most `limit`. */
export async function deleteSourcesBefore(db: Database, before: Date, limit: number): Promise<number> {
  return (await db.run(DELETE, [uuidFloor(before.getTime()), limit])).length;
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
