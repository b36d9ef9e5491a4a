import { describe, expect, it } from "vitest";
import { forgetSources } from "../../src/comments/forget-sources.ts";
import { openTestContext } from "../support/context.ts";
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
    const kept = async () =>
      (
        await ctx.db.kysely.selectFrom("comment_sources").select("comment_id").orderBy("created_at").execute()
      ).map((row) => row.comment_id);
    await forgetSources(ctx);
    expect(await kept()).toEqual([old.id, young.id]);
    nowMs += 4 * DAY_MS;
    await forgetSources(ctx);
    expect(await kept()).toEqual([young.id]);
    const comments = await ctx.db.kysely.selectFrom("comments").select("id").execute();
    expect(comments).toHaveLength(2);
  });
});
