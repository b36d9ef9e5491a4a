import { describe, expect, it } from "vitest";
import { createApp } from "../../src/http/app.ts";
import { checkComments } from "../../src/moderation/check.ts";
import { carryOutAct } from "../../src/moderation/review/campaigns/carry-out.ts";
import type { Site } from "../../src/sites/site.ts";
import { sweepOnce } from "../../workers/sweep.ts";
import { spinCampaigns, varyText } from "../moderation/campaign-texts.ts";
import { commentState, decisionCount, eventTypes, manualClock } from "../moderation/review-support.ts";
import { BACKENDS } from "../support/backends.ts";
import { openTestContext, type TestContext } from "../support/context.ts";
import { createTestSite, createTestToken, submitTestComment } from "../support/fixtures.ts";

const [BITCOIN = [], HOME = []] = spinCampaigns(130);
const ALIKE = varyText(BITCOIN[0] ?? "", 7);
/** Holds everything. */
const WAIT = "version: 1\nname: wait\nrules: []\notherwise: hold\n";
/** Publishes everything. */
const LAX = "version: 1\nname: lax\nrules: []\notherwise: publish\n";
const DAY_SECONDS = 86_400;

type Campaign = {
  id: string;
  status: string;
  version: number;
  comments: number;
  authors: number;
  threads: number;
  following: { action: string; until: string } | null;
  sample: { text: string } | null;
};
type Act = {
  id: string;
  kind: string;
  changed: number;
  by: { name: string };
  finishedAt: string | null;
  note: string | null;
};
type Body = Campaign & {
  campaigns: Campaign[];
  next: string | null;
  campaign: Campaign;
  outcome: string;
  act: Act;
  acts: Act[];
  statuses: Record<string, number>;
  hosts: string[];
  topAuthors: unknown[];
  timeline: { comments: number }[];
  members: { comments: { id: string }[]; next: string | null };
  reason: string;
  conflict: { by: { name: string }; kind: string; action: string };
  errors: { path: string }[];
  decisions: { by: { kind: string; name: string }; note: string | null }[];
  check: { explanation: { summary: string } };
};

function sender(ctx: TestContext, token: string) {
  const app = createApp(ctx);
  return async (method: string, path: string, json?: unknown) => {
    const headers = new Headers({ Authorization: `Bearer ${token}` });
    if (json !== undefined) headers.set("Content-Type", "application/json");
    const init = json === undefined ? { method, headers } : { method, headers, body: JSON.stringify(json) };
    const response = await app.request(path, init);
    return { status: response.status, body: (await response.json()) as Body };
  };
}

async function submitAll(ctx: TestContext, site: Site, bodies: string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const body of bodies) ids.push((await submitTestComment(ctx, site, { body })).id);
  return ids;
}

const campaignOf = async (ctx: TestContext, id: string) => {
  const members = ctx.db.kysely.selectFrom("campaign_members").select("campaign_id");
  return (await members.where("comment_id", "=", id).executeTakeFirstOrThrow()).campaign_id;
};
const statusesOf = (ctx: TestContext, ids: string[]) =>
  Promise.all(ids.map(async (id) => (await commentState(ctx, id)).status));
const inDays = (days: number) => new Date(Date.now() + days * DAY_SECONDS * 1_000).toISOString();
const all = (ids: string[], status: string) => ids.map(() => status);

describe.each(BACKENDS)("a campaign (queue on %s)", (backend) => {
  it("is seen, sized, decided with one act, followed until its end, and put back", async () => {
    const clock = manualClock();
    await using ctx = await openTestContext({ backend, clock });
    const site = await createTestSite(ctx, { policy: LAX });
    const send = sender(ctx, await createTestToken(ctx, { kind: "mod", name: "Olena", site }));
    const ids = await submitAll(ctx, site, ALIKE.slice(0, 5));
    await ctx.processAll();
    expect(await statusesOf(ctx, ids)).not.toContain("spam");

    const list = await send("GET", "/v1/review/campaigns?minSize=3&since=3600");
    expect(list.status).toBe(200);
    expect(list.body.campaigns).toMatchObject([
      { status: "open", version: 1, comments: 5, authors: 5, threads: 1, following: null },
    ]);
    const id = list.body.campaigns[0]?.id ?? "";
    const detail = await send("GET", `/v1/review/campaigns/${id}?limit=2`);
    expect(detail.body.members.comments.map((one) => one.id)).toEqual([ids[4], ids[3]]);
    expect(detail.body.timeline.reduce((sum, hour) => sum + hour.comments, 0)).toBe(5);
    expect(detail.body.topAuthors).toHaveLength(5);
    const cursor = encodeURIComponent(detail.body.members.next ?? "");
    const more = await send("GET", `/v1/review/campaigns/${id}?limit=2&cursor=${cursor}`);
    expect(more.body.members.comments.map((one) => one.id)).toEqual([ids[2], ids[1]]);

    const verdict = { version: 1, action: "spam", reason: "spam", note: "Wallets", includePublished: true };
    const decided = await send("POST", `/v1/review/campaigns/${id}/decision`, verdict);
    expect(decided).toMatchObject({
      status: 200,
      body: { outcome: "done", campaign: { status: "decided", version: 2, following: { action: "spam" } } },
    });
    expect(decided.body.act).toMatchObject({ kind: "decide", changed: 5, by: { name: "Olena" } });
    expect(await statusesOf(ctx, ids)).toEqual(all(ids, "spam"));
    const again = await send("POST", `/v1/review/campaigns/${id}/decision`, verdict);
    expect(again.body).toMatchObject({ outcome: "repeated", act: { id: decided.body.act.id } });
    const longer = await send("POST", `/v1/review/campaigns/${id}/decision`, { ...verdict, until: null });
    expect(longer).toMatchObject({ status: 409, body: { reason: "campaign_changed" } });

    const [sixth = ""] = await submitAll(ctx, site, ALIKE.slice(5, 6));
    await ctx.processAll();
    expect(await commentState(ctx, sixth)).toMatchObject({ status: "spam", decided_by: "campaign:decision" });
    const review = await send("GET", `/v1/review/comments/${sixth}`);
    expect(review.body.campaign).toMatchObject({ id, comments: 6 });
    expect(review.body.check.explanation.summary).toContain(`campaign.id is ${id}`);
    const first = await send("GET", `/v1/review/comments/${ids[0]}`);
    expect(first.body.decisions.at(-1)).toMatchObject({
      by: { kind: "moderator", name: "Olena" },
      note: `Wallets (campaign ${id})`,
    });

    clock.advance(7 * DAY_SECONDS + 60);
    const [seventh = ""] = await submitAll(ctx, site, ALIKE.slice(6, 7));
    await ctx.processAll();
    expect((await commentState(ctx, seventh)).status).not.toBe("spam");
    const reopened = await send("GET", "/v1/review/campaigns");
    expect(reopened.body.campaigns).toMatchObject([{ id, status: "open", comments: 7, following: null }]);

    // Somebody has decided about one of them since: that stays.
    const { version } = await commentState(ctx, ids[1] ?? "");
    const other = { version, action: "reject", reason: "off_topic" };
    await send("POST", `/v1/review/comments/${ids[1]}/decision`, other);
    const undone = await send("POST", `/v1/review/campaigns/${id}/undo`, { version: 2, note: "Mistake" });
    expect(undone.body).toMatchObject({ campaign: { status: "open", version: 3 }, act: { changed: 5 } });
    await ctx.processAll();
    const [one = "", two = "", ...rest] = await statusesOf(ctx, ids);
    expect([two]).toEqual(["rejected"]);
    expect([one, ...rest]).not.toContain("spam");
    expect((await commentState(ctx, sixth)).status).toBe("held");
    const nothing = await send("POST", `/v1/review/campaigns/${id}/undo`, { version: 3 });
    expect(nothing).toMatchObject({ status: 409, body: { reason: "nothing_to_undo" } });
  });

  it("is decided for everyone exactly once, though whoever does it is killed in the middle", async () => {
    const clock = manualClock();
    await using ctx = await openTestContext({ backend, clock });
    const site = await createTestSite(ctx, { policy: WAIT });
    const send = sender(ctx, await createTestToken(ctx, { kind: "mod", site }));
    const ids = await submitAll(ctx, site, BITCOIN);
    for (let at = 0; at < ids.length; at += 50) await checkComments(ctx, ids.slice(at, at + 50));
    const { body } = await send("GET", "/v1/review/campaigns");
    const [campaign] = body.campaigns;
    expect(campaign?.comments).toBeGreaterThanOrEqual(125);

    const before = (await send("GET", `/v1/review/campaigns/${campaign?.id}`)).body.statuses;
    const held = before["held"] ?? 0;
    expect(held).toBeGreaterThan(120);

    // The first hundred are done with the request, and nobody has taken the job yet.
    const verdict = { version: 1, action: "spam" };
    const decided = await send("POST", `/v1/review/campaigns/${campaign?.id}/decision`, verdict);
    expect(decided.body.act).toMatchObject({ finishedAt: null });
    const atOnce = decided.body.act.changed;
    expect(atOnce).toBeGreaterThan(95);
    expect(atOnce).toBeLessThanOrEqual(100);
    await expect(
      ctx.db.transaction(async (tx) => {
        // As far as a worker comes that is killed before its commit.
        await carryOutAct(
          { ...ctx, db: { ...ctx.db, transaction: (work) => work(tx) } },
          decided.body.act.id,
          {
            batchesMax: 1,
          },
        );
        throw new Error("killed");
      }),
    ).rejects.toThrow("killed");
    await Promise.all([1, 2, 3].map(() => carryOutAct(ctx, decided.body.act.id, { batchesMax: 2 })));
    clock.advance(60);
    await sweepOnce(ctx);
    await ctx.processAll();

    const after = await send("GET", `/v1/review/campaigns/${campaign?.id}`);
    expect(after.body.statuses).toEqual({ spam: campaign?.comments });
    expect(after.body.acts).toMatchObject([{ changed: held, finishedAt: expect.any(String) }]);
    const members = await ctx.db.kysely.selectFrom("campaign_decisions").select("comment_id").execute();
    expect(members).toHaveLength(held);
    for (const { comment_id: id } of members.slice(90)) {
      expect(await decisionCount(ctx, id)).toBe(2);
      expect(await eventTypes(ctx, id)).toEqual(["comment.submitted", "comment.held", "comment.spam"]);
    }
    expect(await ctx.db.kysely.selectFrom("outbox").select("key").execute()).toEqual([]);
  });
});

describe("a campaign", () => {
  it("takes the faster moderator's decision, and tells the slower one", async () => {
    await using ctx = await openTestContext();
    const site = await createTestSite(ctx, { policy: WAIT });
    const [olena, petro] = await Promise.all(
      ["Olena", "Petro"].map(async (name) =>
        sender(ctx, await createTestToken(ctx, { kind: "mod", name, site })),
      ),
    );
    const ids = await submitAll(ctx, site, BITCOIN.slice(0, 6));
    await checkComments(ctx, ids);
    const path = `/v1/review/campaigns/${ids[0]}/decision`;
    const answers = await Promise.all([
      olena?.("POST", path, { version: 1, action: "spam" }),
      petro?.("POST", path, { version: 1, action: "publish" }),
    ]);
    const [won, lost] = answers.toSorted((a, b) => (a?.status ?? 0) - (b?.status ?? 0));
    expect([won?.status, lost?.status]).toEqual([200, 409]);
    expect(lost?.body).toMatchObject({
      reason: "campaign_changed",
      conflict: { version: 2, status: "decided", kind: "decide", by: { name: won?.body.act.by.name } },
    });
    expect(new Set(await statusesOf(ctx, ids)).size).toBe(1);
    for (const id of ids) expect(await decisionCount(ctx, id)).toBe(2);
  });

  it("is published word for word only: what links elsewhere waits", async () => {
    await using ctx = await openTestContext();
    const site = await createTestSite(ctx, { policy: WAIT });
    const send = sender(ctx, await createTestToken(ctx, { kind: "mod", site }));
    const appeal =
      "Sign the petition for the old library, it takes a minute and the council votes on Monday: ";
    const body = `${appeal}https://petition.example/library`;
    const ids = await submitAll(ctx, site, [body, `${body} thanks`, `${body} please do`]);
    await checkComments(ctx, ids);
    const verdict = { version: 1, action: "publish", until: new Date(Date.now() + 3_600_000).toISOString() };
    expect((await send("POST", `/v1/review/campaigns/${ids[0]}/decision`, verdict)).status).toBe(200);
    expect(await statusesOf(ctx, ids)).toEqual(all(ids, "published"));
    const later = await submitAll(ctx, site, [
      body,
      `${appeal}https://phishing.example/library`,
      `${body} you fools`,
    ]);
    await checkComments(ctx, later);
    expect(await statusesOf(ctx, later)).toEqual(["published", "held", "held"]);
    const same = await send("GET", `/v1/review/comments/${later[0]}`);
    expect(same.body.check.explanation.summary).toContain("A moderator decided to publish the campaign");

    const closed = await send("POST", `/v1/review/campaigns/${ids[0]}/close`, { version: 2 });
    expect(closed.body.campaign).toMatchObject({ status: "closed", version: 3, following: null });
    const [last = ""] = await submitAll(ctx, site, [body]);
    await checkComments(ctx, [last]);
    expect((await commentState(ctx, last)).status).toBe("held");
    const twice = await send("POST", `/v1/review/campaigns/${ids[0]}/close`, { version: 3, note: "again" });
    expect(twice).toMatchObject({ status: 409, body: { reason: "campaign_closed" } });
  });

  it("waits for a person where a threat was refused, and where the author is trusted", async () => {
    await using ctx = await openTestContext();
    const site = await createTestSite(ctx, { policy: LAX });
    const send = sender(ctx, await createTestToken(ctx, { kind: "admin", site }));
    const ids = await submitAll(ctx, site, [...BITCOIN.slice(0, 8), ...HOME.slice(0, 12)]);
    await checkComments(ctx, ids);
    const threat = { version: 1, action: "reject", reason: "threat" };
    const decided = await send(
      "POST",
      `/v1/review/campaigns/${await campaignOf(ctx, ids[7] ?? "")}/decision`,
      threat,
    );
    expect(decided.body.campaign.following?.action).toBe("hold");
    const other = await campaignOf(ctx, ids.at(-1) ?? "");
    await send("POST", `/v1/review/campaigns/${other}/decision`, { version: 1, action: "spam" });
    const email = "trusted@readers.example";
    const earlier = await submitTestComment(ctx, site, { email });
    const { author_id: authorId } = await commentState(ctx, earlier.id);
    await send("POST", `/v1/review/authors/${authorId}/status`, { status: "trusted" });
    const trusted = await submitTestComment(ctx, site, { email, body: HOME[12] ?? "" });
    const later = [...(await submitAll(ctx, site, [BITCOIN[8] ?? "", HOME[13] ?? ""])), trusted.id];
    await checkComments(ctx, later);
    expect(await statusesOf(ctx, later)).toEqual(["held", "spam", "held"]);
  });

  it("is nobody's business at another site", async () => {
    await using ctx = await openTestContext();
    const [paper, other] = [await createTestSite(ctx), await createTestSite(ctx, { key: "other" })];
    const ids = await submitAll(ctx, paper, BITCOIN.slice(0, 4));
    await checkComments(ctx, ids);
    const send = sender(ctx, await createTestToken(ctx, { kind: "mod", site: other }));
    expect((await send("GET", "/v1/review/campaigns")).body.campaigns).toEqual([]);
    expect((await send("GET", "/v1/review/campaigns?site=paper")).status).toBe(404);
    for (const [method, path, json] of [
      ["GET", "", undefined],
      ["POST", "/decision", { version: 1, action: "spam" }],
      ["POST", "/undo", { version: 1 }],
      ["POST", "/close", { version: 1 }],
    ] as const) {
      const answer = await send(method, `/v1/review/campaigns/${ids[0]}${path}`, json);
      expect(answer).toMatchObject({ status: 404, body: { reason: "campaign_not_found" } });
    }
    const everywhere = sender(ctx, await createTestToken(ctx, { kind: "mod" }));
    expect((await everywhere("GET", "/v1/review/campaigns")).body.campaigns).toHaveLength(1);
    const reader = sender(ctx, await createTestToken(ctx, { scopes: ["comments:read"], site: paper }));
    const refused = await reader("POST", `/v1/review/campaigns/${ids[0]}/close`, { version: 1 });
    expect(refused.status).toBe(403);
  });

  it("refuses what makes no sense", async () => {
    await using ctx = await openTestContext();
    const site = await createTestSite(ctx, { policy: WAIT });
    const ids = await submitAll(ctx, site, BITCOIN.slice(0, 4));
    await checkComments(ctx, ids);
    const send = sender(ctx, await createTestToken(ctx, { kind: "mod", site }));
    const path = `/v1/review/campaigns/${ids[0]}/decision`;
    for (const [json, field] of [
      [{ version: 1, action: "reject" }, "reason"],
      [{ version: 1, action: "spam", until: inDays(91) }, "until"],
      [{ version: 1, action: "spam", until: inDays(-1) }, "until"],
      [{ version: 1, action: "spam", until: "soon" }, "until"],
      [{ action: "spam" }, "version"],
    ] as const) {
      const answer = await send("POST", path, json);
      expect(answer.status).toBe(422);
      expect(answer.body.errors.map((one) => one.path)).toContain(field);
    }
    for (const query of [
      "status=ended",
      "minSize=0",
      "since=soon",
      "limit=1000",
      "cursor=abc",
      "sort=size",
    ]) {
      expect((await send("GET", `/v1/review/campaigns?${query}`)).status, query).toBe(422);
    }
    expect((await send("GET", "/v1/review/campaigns/none")).status).toBe(404);
    expect((await commentState(ctx, ids[0] ?? "")).status).not.toBe("spam");
  });

  it("is listed after those that grow more, page by page", async () => {
    await using ctx = await openTestContext();
    const site = await createTestSite(ctx);
    const send = sender(ctx, await createTestToken(ctx, { kind: "mod", site }));
    const campaigns = spinCampaigns(8);
    for (const [index, bodies] of campaigns.entries()) {
      await checkComments(ctx, await submitAll(ctx, site, bodies.slice(0, 5 + (index % 4))));
    }
    const known = await ctx.db.kysely.selectFrom("campaigns").select("id").orderBy("id").execute();
    expect(known.length).toBeGreaterThanOrEqual(5);
    const seen: Campaign[] = [];
    for (let next: string | null = ""; next !== null;) {
      const cursor: string = next === "" ? "" : `&cursor=${encodeURIComponent(next)}`;
      const { body } = await send("GET", `/v1/review/campaigns?limit=2${cursor}`);
      seen.push(...body.campaigns);
      next = body.next;
    }
    expect(seen.map(({ id }) => id).toSorted()).toEqual(known.map(({ id }) => id));
    const sizes = seen.map(({ comments }) => comments);
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
    const large = await send("GET", "/v1/review/campaigns?minSize=6");
    expect(large.body.campaigns.every(({ comments }) => comments >= 6)).toBe(true);
  });
});
