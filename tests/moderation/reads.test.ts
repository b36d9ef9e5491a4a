import { sql } from "kysely";
import { describe, expect, it } from "vitest";
import { checkComments } from "../../src/moderation/check.ts";
import type { Site } from "../../src/sites/site.ts";
import { openTestContext, type TestContext } from "../support/context.ts";
import { createTestSite, submitTestComment } from "../support/fixtures.ts";

const COMMENTS = 2_500;
const THREADS = 100;
const AT_ONCE = 50;
/** More than the pool has. */
const CONNECTIONS_MAX = 20;
/** Some of them are versions of rows that no vacuum has removed yet. */
const ROWS_PER_COMMENT_MAX = 40;
/** Longer than anything is counted for: how many come within a minute depends on the machine. */
const BETWEEN_MS = 11 * 60_000;

describe("what a comment makes PostgreSQL read", () => {
  it("is a few rows of each table, although every plan was made for empty tables", async () => {
    let nowMs = Date.now();
    await using ctx = await openTestContext({ clock: { now: () => new Date(nowMs), nowMs: () => nowMs } });
    const site = await createTestSite(ctx);
    // What PostgreSQL has found empty it takes for small as long as nothing is analysed.
    await sql`vacuum analyze`.execute(ctx.db.kysely);
    for (let from = 0; from < COMMENTS; from += AT_ONCE) {
      await takeAndCheck(ctx, site, from);
      nowMs += BETWEEN_MS;
    }
    expect((await readsPerComment(ctx)).filter(({ read }) => read > ROWS_PER_COMMENT_MAX)).toEqual([]);
  }, 60_000);
});

/** Each from another network, so that none has a flood to count. */
async function takeAndCheck(ctx: TestContext, site: Site, from: number): Promise<void> {
  const numbers = Array.from({ length: AT_ONCE }, (_, index) => from + index);
  const submitted = numbers.map((n) =>
    submitTestComment(ctx, site, {
      url: `https://paper.example/article-${n % THREADS}`,
      ip: `198.${18 + (n >> 8)}.${n & 255}.1`,
    }),
  );
  const ids = (await Promise.all(submitted)).map(({ id }) => id);
  expect(await checkComments(ctx, ids.slice(0, 1), AT_ONCE)).toHaveLength(AT_ONCE);
}

/** By table. A connection tells of what it read only once in a while, unless it is asked to. */
async function readsPerComment(ctx: TestContext): Promise<{ table: string; read: number }[]> {
  const tell = sql`select pg_stat_force_next_flush(), pg_sleep(0.2)`;
  await Promise.all(Array.from({ length: CONNECTIONS_MAX }, () => tell.execute(ctx.db.kysely)));
  const { rows } = await sql<{ table: string; read: number }>`
    select relname as table, round((seq_tup_read + coalesce(idx_tup_fetch, 0)) / ${COMMENTS}::numeric, 1)::float8 as read
    from pg_stat_user_tables where schemaname = 'public' order by relname`.execute(ctx.db.kysely);
  // Else nobody has told anything.
  expect(rows.find(({ table }) => table === "comments")?.read).toBeGreaterThan(1);
  return rows;
}
