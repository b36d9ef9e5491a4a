import { type Database, statement } from "./database.ts";

const PING = statement("db.ping", "select 1");

/** @throws AppError `unavailable` unless the database answers. */
export async function pingDatabase(db: Database): Promise<void> {
  await db.run(PING, []);
}
