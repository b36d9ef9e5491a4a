import { setTimeout as sleep } from "node:timers/promises";
import type { World } from "./world.ts";

const POLL_MS = 20;
/** A whole backlog at a hundred comments a second. */
const TIMEOUT_MS = 300_000;

/** Resolves once every comment is decided. */
export async function untilNothingOwed(world: World): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MS;
  while (performance.now() < deadline) {
    const { rows } = await world.pool.query<{ owed: boolean }>("select exists (select from outbox) as owed");
    if (rows[0]?.owed === false) return;
    await sleep(POLL_MS);
  }
  throw new Error("The worker did not get done.");
}

/** When each comment was published: the time of the commit, milliseconds since 1970. In that order. */
export async function publishedAt(world: World): Promise<Map<string, number>> {
  const { rows } = await world.pool.query<{ id: string; at: number }>(
    `select comment_id as id, (extract(epoch from pg_xact_commit_timestamp(xmin)) * 1000)::float8 as at
     from decisions where to_status = 'published' order by at`,
  );
  return new Map(rows.map((row) => [row.id, row.at]));
}
