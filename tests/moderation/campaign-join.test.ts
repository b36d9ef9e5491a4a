import { describe, expect, it } from "vitest";
import { editComment } from "../../src/comments/edit.ts";
import { checkComments } from "../../src/moderation/check.ts";
import { withWholeRecords } from "../../src/moderation/load-frames.ts";
import type { Site } from "../../src/sites/site.ts";
import { openTestContext, type TestContext } from "../support/context.ts";
import { ARTICLE_URL, createTestSite, submitTestComment } from "../support/fixtures.ts";
import { spinCampaigns, varyText } from "./campaign-texts.ts";

/** Publishes everything. */
const LAX = "version: 1\nname: lax\nrules: []\notherwise: publish\n";
const [BITCOIN = [], HOME = [], DOCTOR = []] = spinCampaigns(60);

async function submitAll(ctx: TestContext, site: Site, bodies: string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const body of bodies) ids.push((await submitTestComment(ctx, site, { body })).id);
  return ids;
}

const campaignsOf = (ctx: TestContext) =>
  ctx.db.kysely.selectFrom("campaigns").selectAll().orderBy("id").execute();
const membersOf = async (ctx: TestContext, id: string) => {
  const members = ctx.db.kysely.selectFrom("campaign_members").select("comment_id").orderBy("comment_id");
  return (await members.where("campaign_id", "=", id).execute()).map((row) => row.comment_id);
};

describe("campaigns", () => {
  it("are found among spun texts, with their sizes, however the comments are batched", async () => {
    await using ctx = await openTestContext();
    const site = await createTestSite(ctx);
    const ids = await submitAll(ctx, site, [
      ...BITCOIN.slice(0, 12),
      "Thank you!",
      "Thank you!",
      "Thank you!",
    ]);
    await checkComments(ctx, ids.slice(0, 7));
    await checkComments(ctx, ids.slice(7));
    const [campaign, ...others] = await campaignsOf(ctx);
    expect(others).toEqual([]);
    expect(campaign).toMatchObject({ status: "open", comments: 12, authors: 12, threads: 1, version: 1 });
    expect(await membersOf(ctx, campaign?.id ?? "")).toEqual(ids.slice(0, 12));
    expect(campaign?.heat).toBeGreaterThan(Date.now() / 21_600_000);
  });

  it("are one when several workers meet them at once, and the same after every retry", async () => {
    await using ctx = await openTestContext();
    const site = await createTestSite(ctx);
    const ids = await submitAll(ctx, site, BITCOIN);
    const batches = Array.from({ length: 6 }, (_, batch) => ids.slice(batch * 10, batch * 10 + 10));
    await Promise.all(batches.map((batch) => checkComments(ctx, batch)));
    await ctx.db.kysely.updateTable("comments").set({ status: "pending" }).execute();
    await ctx.db.kysely.deleteFrom("decisions").execute();
    const owed = ids.map((key) => ({
      topic: "comment.check",
      key,
      due_at: new Date(),
      created_at: new Date(),
    }));
    await ctx.db.kysely
      .insertInto("outbox")
      .values(
        owed.map((row) =>
          Object.assign(row, {
            request_id: null,
            leased_until: null,
            attempts: 0,
            last_error: null,
            parked_at: null,
          }),
        ),
      )
      .execute();
    await Promise.all(batches.map((batch) => checkComments(ctx, batch)));
    const campaigns = (await campaignsOf(ctx)).filter(({ status }) => status !== "merged");
    expect(campaigns).toHaveLength(1);
    const members = await membersOf(ctx, campaigns[0]?.id ?? "");
    expect(members.length).toBeGreaterThanOrEqual(55);
    expect(campaigns[0]).toMatchObject({ comments: members.length, authors: members.length });
  });

  it("count each author and article once", async () => {
    await using ctx = await openTestContext();
    const site = await createTestSite(ctx);
    for (const [index, body] of varyText(DOCTOR[0] ?? "", 9).entries()) {
      const email = `writer${index % 2}@readers.example`;
      const { id } = await submitTestComment(ctx, site, { body, email, url: `${ARTICLE_URL}-${index % 3}` });
      await checkComments(ctx, [id]);
    }
    expect(await campaignsOf(ctx)).toMatchObject([{ comments: 9, authors: 2, threads: 3 }]);
  });

  it("stay apart by text and by site", async () => {
    await using ctx = await openTestContext();
    const [paper, other] = [await createTestSite(ctx), await createTestSite(ctx, { key: "other" })];
    const ids = [
      ...(await submitAll(ctx, paper, [...varyText(BITCOIN[0] ?? "", 4), ...varyText(HOME[0] ?? "", 4)])),
      ...(await submitAll(ctx, other, varyText(BITCOIN[0] ?? "", 2))),
    ];
    await checkComments(ctx, ids);
    const campaigns = await campaignsOf(ctx);
    expect(campaigns.map(({ site_id, comments }) => [site_id, comments])).toEqual([
      [paper.id, 4],
      [paper.id, 4],
    ]);
  });

  it("lose a comment whose author writes something else in its place", async () => {
    await using ctx = await openTestContext();
    const site = await createTestSite(ctx, {
      policy: LAX,
      settings: { limits: { editWindowSeconds: 900 } },
    });
    const own = await submitTestComment(ctx, site, { body: BITCOIN[0] ?? "" });
    const others = await submitAll(ctx, site, BITCOIN.slice(1, 5));
    await checkComments(ctx, [own.id, ...others]);
    const input = { site, id: own.id, token: own.editToken ?? "", requestId: null };
    await editComment(ctx, { ...input, body: `${BITCOIN[0]} pqrst` });
    await checkComments(ctx, [own.id]);
    expect(await campaignsOf(ctx)).toMatchObject([{ comments: 5 }]);
    await editComment(ctx, {
      ...input,
      body: "I beg your pardon, my account was taken over by somebody else.",
    });
    await checkComments(ctx, [own.id]);
    expect(await campaignsOf(ctx)).toMatchObject([{ comments: 4, authors: 4 }]);
    expect(await membersOf(ctx, own.id)).toEqual(others);
  });

  it("are no matter for comments without likes of them", async () => {
    await using ctx = await openTestContext();
    const site = await createTestSite(ctx);
    const ids = await Promise.all(Array.from({ length: 50 }, () => submitTestComment(ctx, site)));
    await checkComments(
      ctx,
      ids.map(({ id }) => id),
    );
    expect(await campaignsOf(ctx)).toEqual([]);
    const stored = await ctx.db.kysely
      .selectFrom("decisions")
      .select(["evidence", "trace", "frame_id"])
      .execute();
    const [row] = await withWholeRecords(ctx, stored);
    expect(row?.evidence).toMatchObject({ values: { "campaign.size": 0, "campaign.decision": "none" } });
  });
});
