import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { editComment } from "../../src/comments/edit.ts";
import { removeOwnComment } from "../../src/comments/remove.ts";
import { checkComments } from "../../src/moderation/check.ts";
import { replayDecisions } from "../../src/moderation/replay.ts";
import type { Site } from "../../src/sites/site.ts";
import { openTestContext, type TestContext } from "../support/context.ts";
import { createTestSite, submitTestComment } from "../support/fixtures.ts";

const FATES = ["published", "held", "edited", "removed", "pending", "elsewhere"] as const;

let ctx: TestContext;
let site: Site;
let other: Site;
let ids: Record<(typeof FATES)[number], string>;

beforeAll(async () => {
  ctx = await openTestContext();
  site = await createTestSite(ctx, { preset: "open" });
  other = await createTestSite(ctx, { key: "other", preset: "strict" });
  const published = await submitTestComment(ctx, site);
  const held = await submitTestComment(ctx, other);
  const edited = await submitTestComment(ctx, site);
  const removed = await submitTestComment(ctx, site);
  const elsewhere = await submitTestComment(ctx, other);
  await checkComments(ctx, [published.id, held.id, edited.id, elsewhere.id]);
  const body = "Said differently, and at some length, the second time around.";
  await editComment(ctx, { site, id: edited.id, token: edited.editToken ?? "", body, requestId: null });
  await checkComments(ctx, [edited.id]);
  await removeOwnComment(ctx, { site, id: removed.id, token: removed.editToken ?? "" });
  const pending = await submitTestComment(ctx, site);
  const all = { published, held, edited, removed, pending, elsewhere };
  ids = Object.fromEntries(FATES.map((fate) => [fate, all[fate].id])) as typeof ids;
});

afterAll(async () => await ctx[Symbol.asyncDispose]());

describe("the decision log", () => {
  test("leads to where every comment is, however the comments are divided", async () => {
    // One decision each, three for the edited one, none for the pending.
    const whole = { comments: 6, decisions: 7, mismatchCount: 0, mismatches: [] };
    for (const batchComments of [1, 2, 3, 6, 7]) {
      expect(await replayDecisions(ctx, { site: null, batchComments })).toEqual(whole);
    }
    expect(await replayDecisions(ctx, { site })).toMatchObject({
      comments: 4,
      decisions: 5,
      mismatchCount: 0,
    });
    expect(await replayDecisions(ctx, { site: other })).toMatchObject({ comments: 2, decisions: 2 });
  });

  test("shows each comment that was changed past it", async () => {
    const change = (id: string, values: { status?: "published"; version?: number }) =>
      ctx.db.kysely.updateTable("comments").set(values).where("id", "=", id).execute();
    const forget = (id: string, version: number) =>
      ctx.db.kysely
        .deleteFrom("decisions")
        .where("comment_id", "=", id)
        .where("comment_version", "=", version)
        .execute();
    await change(ids.held, { status: "published" });
    await change(ids.pending, { status: "published" });
    await change(ids.published, { version: 5 });
    // Published, edited, published: without the edit the end is right, but nothing leads there.
    await forget(ids.edited, 3);
    await forget(ids.removed, 2);
    const report = await replayDecisions(ctx, { site: null, batchComments: 2 });
    expect(report).toMatchObject({ comments: 6, decisions: 5, mismatchCount: 5 });
    const found = Object.fromEntries(report.mismatches.map(({ commentId, ...rest }) => [commentId, rest]));
    expect(found).toEqual({
      [ids.held]: {
        siteKey: "other",
        problem: "status",
        actual: { status: "published", version: 2 },
        replayed: { status: "held", version: 2 },
      },
      [ids.pending]: {
        siteKey: "paper",
        problem: "status",
        actual: { status: "published", version: 1 },
        replayed: { status: "pending", version: 1 },
      },
      [ids.published]: {
        siteKey: "paper",
        problem: "version",
        actual: { status: "published", version: 5 },
        replayed: { status: "published", version: 2 },
      },
      [ids.edited]: {
        siteKey: "paper",
        problem: "gap",
        actual: { status: "published", version: 4 },
        replayed: { status: "published", version: 4 },
      },
      [ids.removed]: {
        siteKey: "paper",
        problem: "status",
        actual: { status: "removed", version: 2 },
        replayed: { status: "pending", version: 1 },
      },
    });
    expect((await replayDecisions(ctx, { site: other })).mismatchCount).toBe(1);
  });
});
