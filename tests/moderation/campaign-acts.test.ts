import { describe, expect, it } from "vitest";
import { removeOwnComment } from "../../src/comments/remove.ts";
import type { Context } from "../../src/context.ts";
import { expireCampaigns } from "../../src/moderation/campaigns/expire-campaigns.ts";
import { checkComments } from "../../src/moderation/check.ts";
import { decideCampaign } from "../../src/moderation/review/campaigns/decide-campaign.ts";
import { campaignDecisionSchema } from "../../src/moderation/review/campaigns/schema.ts";
import { undoCampaignDecision } from "../../src/moderation/review/campaigns/undo-campaign.ts";
import type { Site } from "../../src/sites/site.ts";
import { openTestContext } from "../support/context.ts";
import { createTestSite, submitTestComment } from "../support/fixtures.ts";
import { spinCampaigns } from "./campaign-texts.ts";
import { commentState, decisionCount, manualClock, owedFor, signIn } from "./review-support.ts";

/** Holds everything. */
const WAIT = "version: 1\nname: wait\nrules: []\notherwise: hold\n";
/** Publishes everything. */
const LAX = "version: 1\nname: lax\nrules: []\notherwise: publish\n";
const [BITCOIN = []] = spinCampaigns(100);

async function submitAll(ctx: Context, site: Site, bodies: string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const body of bodies) ids.push((await submitTestComment(ctx, site, { body })).id);
  return ids;
}

const toDecision = (id: string, json: Record<string, unknown>) => ({
  ...campaignDecisionSchema.parse({ version: 1, action: "spam", ...json }),
  id,
  requestId: null,
});
const statusesOf = (ctx: Context, ids: string[]) =>
  Promise.all(ids.map(async (id) => (await commentState(ctx, id)).status));
const soleCampaign = (ctx: Context) =>
  ctx.db.kysely.selectFrom("campaigns").selectAll().where("status", "<>", "merged").executeTakeFirstOrThrow();

describe("acts upon a campaign", () => {
  it("leave no comment out whose check ends at the same moment", async () => {
    await using ctx = await openTestContext();
    const site = await createTestSite(ctx, {
      policy: LAX,
    });
    const moderator = await signIn(ctx, site);
    const seen = await submitAll(ctx, site, BITCOIN.slice(0, 10));
    await checkComments(ctx, seen);
    const { id } = await soleCampaign(ctx);
    const coming = await submitAll(ctx, site, BITCOIN.slice(10, 60));
    const batches = Array.from({ length: 10 }, (_, batch) => coming.slice(batch * 5, batch * 5 + 5));
    const decision = toDecision(id, { includePublished: true });
    await Promise.all([
      ...batches.map((batch) => checkComments(ctx, batch)),
      decideCampaign(ctx, moderator, decision),
    ]);
    const members = await ctx.db.kysely
      .selectFrom("campaign_members")
      .innerJoin("comments", "comments.id", "campaign_members.comment_id")
      .select("comments.status")
      .where("campaign_id", "=", id)
      .execute();
    expect(members.length).toBeGreaterThan(55);
    expect(new Set(members.map(({ status }) => status))).toEqual(new Set(["spam"]));
  });

  it("leave what is on the page, but for what was only put there since the moderator decided", async () => {
    const clock = manualClock();
    await using ctx = await openTestContext({ clock });
    const site = await createTestSite(ctx, { policy: LAX });
    const moderator = await signIn(ctx, site);
    const earlier = await submitAll(ctx, site, BITCOIN.slice(0, 5));
    await checkComments(ctx, earlier);
    clock.advance(1);
    // At the very moment of the decision: the check had begun before it, and ends before it is carried out.
    const since = await submitAll(ctx, site, BITCOIN.slice(5, 8));
    await checkComments(ctx, since);
    const { act } = await decideCampaign(ctx, moderator, toDecision((await soleCampaign(ctx)).id, {}));
    expect(new Set(await statusesOf(ctx, earlier))).toEqual(new Set(["published"]));
    expect(new Set(await statusesOf(ctx, since))).toEqual(new Set(["spam"]));
    expect(act.changed).toBe(3);
  });

  it("decide what was never checked, and owe the check again once they are taken back", async () => {
    await using ctx = await openTestContext();
    const site = await createTestSite(ctx, { policy: WAIT });
    const moderator = await signIn(ctx, site);
    const ids = await submitAll(ctx, site, BITCOIN.slice(0, 6));
    await checkComments(ctx, ids);
    const { id } = await soleCampaign(ctx);
    const [one = ""] = ids;
    await ctx.db.kysely.updateTable("comments").set({ status: "pending" }).where("id", "=", one).execute();
    await ctx.db.kysely.deleteFrom("decisions").where("comment_id", "=", one).execute();
    await decideCampaign(ctx, moderator, toDecision(id, {}));
    expect(new Set(await statusesOf(ctx, ids))).toEqual(new Set(["spam"]));
    await undoCampaignDecision(ctx, moderator, { id, version: 2, note: null, requestId: null });
    expect(new Set(await statusesOf(ctx, ids.slice(1)))).toEqual(new Set(["held"]));
    expect((await commentState(ctx, one)).status).toBe("pending");
    expect(await owedFor(ctx, one)).toContain("comment.check");
    await checkComments(ctx, [one]);
    expect((await commentState(ctx, one)).status).toBe("held");
  });

  it("end where they are taken back in the middle", async () => {
    await using ctx = await openTestContext();
    const site = await createTestSite(ctx, { policy: WAIT });
    const moderator = await signIn(ctx, site);
    const ids = await submitAll(ctx, site, [...BITCOIN, ...BITCOIN.map((body) => `${body} again`)]);
    for (let at = 0; at < ids.length; at += 50) await checkComments(ctx, ids.slice(at, at + 50));
    const { id } = await soleCampaign(ctx);
    const before = await statusesOf(ctx, ids);
    await decideCampaign(ctx, moderator, toDecision(id, {}));
    await undoCampaignDecision(ctx, moderator, { id, version: 2, note: null, requestId: null });
    await ctx.processAll();
    expect(await statusesOf(ctx, ids)).toEqual(before);
    for (const one of ids.slice(-20)) expect(await decisionCount(ctx, one)).toBe(1);
  });

  it("survive many checks, decisions and undoings at a time without a deadlock", async () => {
    await using ctx = await openTestContext();
    const site = await createTestSite(ctx);
    const moderator = await signIn(ctx, site);
    const ids = await submitAll(ctx, site, BITCOIN);
    await checkComments(ctx, ids.slice(0, 20));
    const { id } = await soleCampaign(ctx);
    const check = async () => {
      for (let at = 20; at < ids.length; at += 20) await checkComments(ctx, ids.slice(at, at + 20));
    };
    const act = async () => {
      for (let version = 1; version < 9; version += 2) {
        await decideCampaign(ctx, moderator, toDecision(id, { version, includePublished: true }));
        await undoCampaignDecision(ctx, moderator, { id, version: version + 1, note: null, requestId: null });
      }
    };
    await Promise.all([check(), act(), ctx.processAll()]);
    await ctx.processAll();
    const campaign = await soleCampaign(ctx);
    expect(campaign).toMatchObject({ status: "open", version: 9 });
    const members = await ctx.db.kysely.selectFrom("campaign_members").select("author_id").execute();
    expect(campaign).toMatchObject({ comments: members.length, authors: members.length });
    const unfinished = await ctx.db.kysely
      .selectFrom("campaign_acts")
      .select("id")
      .where("finished_at", "is", null)
      .execute();
    expect(unfinished).toEqual([]);
  });
});

describe("tidying up", () => {
  it("lets removed comments leave, closes what has ended, and forgets what is old", async () => {
    const clock = manualClock();
    await using ctx = await openTestContext({ clock });
    const site = await createTestSite(ctx, { policy: LAX });
    const moderator = await signIn(ctx, site);
    const own = await submitTestComment(ctx, site, { body: BITCOIN[0] ?? "" });
    const ids = [own.id, ...(await submitAll(ctx, site, BITCOIN.slice(1, 6)))];
    await checkComments(ctx, ids);
    await removeOwnComment(ctx, { site, id: own.id, token: own.editToken ?? "" });
    await expireCampaigns(ctx);
    const { id, ...campaign } = await soleCampaign(ctx);
    expect(campaign).toMatchObject({ comments: 5, authors: 5, status: "open" });

    await decideCampaign(ctx, moderator, toDecision(id, { action: "hold" }));
    await expireCampaigns(ctx);
    expect((await soleCampaign(ctx)).status).toBe("decided");
    clock.advance(8 * 86_400);
    await expireCampaigns(ctx);
    expect((await soleCampaign(ctx)).status).toBe("closed");
    clock.advance(180 * 86_400);
    await ctx.processAll();
    await expireCampaigns(ctx);
    for (const table of ["campaigns", "campaign_members", "campaign_acts"] as const) {
      expect(await ctx.db.kysely.selectFrom(table).selectAll().execute()).toEqual([]);
    }
    expect((await statusesOf(ctx, ids.slice(1))).every((status) => status !== "removed")).toBe(true);
  });
});

it("merging moves the younger one's comments, and counts them once", async () => {
  await using ctx = await openTestContext();
  const site = await createTestSite(ctx);
  const ids = await submitAll(ctx, site, BITCOIN.slice(0, 12));
  await checkComments(ctx, ids);
  // As if two workers had each found its own half.
  const half = ids.slice(6);
  const other = half[0] ?? "";
  const { id, ...campaign } = await soleCampaign(ctx);
  await ctx.db.kysely
    .insertInto("campaigns")
    .values({ ...campaign, id: other, comments: 6, authors: 6 })
    .execute();
  await ctx.db.kysely
    .updateTable("campaign_members")
    .set({ campaign_id: other })
    .where("comment_id", "in", half)
    .execute();
  await ctx.db.kysely
    .updateTable("campaigns")
    .set({ comments: 6, authors: 6 })
    .where("id", "=", id)
    .execute();
  await checkComments(ctx, await submitAll(ctx, site, BITCOIN.slice(12, 18)));
  expect(await soleCampaign(ctx)).toMatchObject({ id, comments: 18, authors: 18, status: "open" });
  const merged = ctx.db.kysely.selectFrom("campaigns").select(["status", "merged_into"]);
  expect(await merged.where("id", "=", other).execute()).toEqual([{ status: "merged", merged_into: id }]);
});
