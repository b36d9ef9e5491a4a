import { describe, expect, it } from "vitest";
import { forgetSources } from "../../src/comments/forget-sources.ts";
import { openTestContext, type TestContext } from "../support/context.ts";
import { createTestSite, submitTestComment } from "../support/fixtures.ts";

const DAY_MS = 86_400_000;

describe("forgetSources", () => {
  it("deletes what is older than the configured days, and nothing else", async () => {
    let nowMs = Date.parse("2026-01-01T00:00:00Z");
    const clock = { now: () => new Date(nowMs), nowMs: () => nowMs };
    await using ctx = await openTestContext({ clock, env: { IP_RETENTION_DAYS: "7" } });
    const site = await createTestSite(ctx);
    const old = await submitTestComment(ctx, site);
    nowMs += 4 * DAY_MS;
    const young = await submitTestComment(ctx, site);
    await forgetSources(ctx);
    expect(await keptIn(ctx)).toEqual([old.id, young.id]);
    nowMs += 4 * DAY_MS;
    await forgetSources(ctx);
    expect(await keptIn(ctx)).toEqual([young.id]);
    const comments = await ctx.db.kysely.selectFrom("comments").select("id").execute();
    expect(comments).toHaveLength(2);
  });

  it("goes by when a comment was made, also where a clock that was ahead for a while has left its ids there", async () => {
    const startMs = Date.parse("2026-03-01T00:00:00Z");
    let nowMs = startMs + 300 * DAY_MS;
    const clock = { now: () => new Date(nowMs), nowMs: () => nowMs };
    await using ctx = await openTestContext({ clock, env: { IP_RETENTION_DAYS: "7" } });
    const site = await createTestSite(ctx);
    const ahead = await submitTestComment(ctx, site);
    nowMs = startMs;
    const set = await submitTestComment(ctx, site);
    expect(set.id > ahead.id).toBe(true);
    nowMs += 6 * DAY_MS;
    await forgetSources(ctx);
    expect(await keptIn(ctx)).toEqual([set.id, ahead.id]);
    nowMs += 2 * DAY_MS;
    await forgetSources(ctx);
    expect(await keptIn(ctx)).toEqual([ahead.id]);
  });
});

async function keptIn(ctx: TestContext): Promise<string[]> {
  const sources = ctx.db.kysely.selectFrom("comment_sources").select("comment_id").orderBy("created_at");
  return (await sources.execute()).map((row) => row.comment_id);
}
