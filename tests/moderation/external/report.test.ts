import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkComments } from "../../../src/moderation/check.ts";
import { consultComments } from "../../../src/moderation/external/consult.ts";
import { reportDecisions } from "../../../src/moderation/external/report.ts";
import type { Site } from "../../../src/sites/site.ts";
import { getSite } from "../../../src/sites/site.ts";
import type { TestContext } from "../../support/context.ts";
import { createTestSite, createTestToken, submitTestComment } from "../../support/fixtures.ts";
import { startTestHttp, type TestServer } from "../../support/http.ts";
import { type Receiver, startReceiver } from "../../support/receiver.ts";
import { clockAt, configure, openExternalContext } from "./support.ts";

const POLICY =
  "version: 1\nname: p\nrules: [{ id: a, description: d, when: akismet.spam, then: spam, reason: spam }]\notherwise: publish\n";
const THANKS = { status: 200, body: "Thanks for making the web a better place." };

describe("telling Akismet what moderators decided", () => {
  let ctx: TestContext;
  let server: TestServer;
  let service: Receiver;
  let site: Site;
  let token: string;
  const clock = clockAt("2026-06-01T10:00:00Z");

  beforeEach(async () => {
    // Handed over by the tests themselves.
    ctx = Object.assign(await openExternalContext({ clock }), { dispatch: () => {} });
    server = await startTestHttp(ctx);
    service = await startReceiver();
    await createTestSite(ctx, { policy: POLICY });
    await configure(
      ctx,
      "akismet",
      { baseUrl: service.origin, blog: "https://paper.example", feedback: true, sendIp: true },
      "0123456789ab",
    );
    site = await getSite(ctx, "paper");
    token = await createTestToken(ctx);
  });
  afterEach(async () => {
    await server[Symbol.asyncDispose]();
    await ctx[Symbol.asyncDispose]();
    await service[Symbol.asyncDispose]();
  });

  const checked = async (said: "true" | "false") => {
    service.setRespond({ status: 200, body: said });
    const { id } = await submitTestComment(ctx, site, { ip: "203.0.113.77" });
    await checkComments(ctx, [id]);
    await consultComments(ctx, [id]);
    return id;
  };
  const decide = async (id: string, action: string) => {
    const { version } = await ctx.db.kysely
      .selectFrom("comments")
      .select("version")
      .where("id", "=", id)
      .executeTakeFirstOrThrow();
    const response = await server.fetch(`/v1/review/comments/${id}/decision`, {
      method: "POST",
      token,
      json: { action, version },
    });
    expect(response.status, await response.clone().text()).toBeLessThan(300);
  };
  const owed = async () =>
    await ctx.db.kysely
      .selectFrom("outbox")
      .select(["key", "due_at"])
      .where("topic", "=", "external.report")
      .execute();
  const reports = () => service.requests.filter(({ url }) => url.includes("submit"));

  it("spam that it missed, ham that it took for spam, and nothing where they agree", async () => {
    const missed = await checked("false");
    const wronged = await checked("true");
    const agreed = await checked("false");
    service.setRespond(THANKS);
    await decide(missed, "spam");
    await decide(wronged, "publish");
    await decide(agreed, "hold");
    expect((await owed()).map(({ key }) => key)).toEqual([missed, wronged, agreed].toSorted());
    await reportDecisions(ctx, [missed, wronged, agreed]);
    expect(reports().map(({ url }) => url)).toEqual(["/1.1/submit-spam", "/1.1/submit-ham"]);
    const [check] = service.requests;
    // What it is told now is what it was asked about then.
    expect(reports()[0]?.body.toString()).toBe(check?.body.toString());
    expect(await owed()).toEqual([]);
    // Changing one's mind is told, and only once.
    await decide(missed, "publish");
    await reportDecisions(ctx, [missed]);
    await decide(missed, "hold");
    await decide(missed, "publish");
    await reportDecisions(ctx, [missed]);
    expect(
      reports()
        .map(({ url }) => url)
        .slice(2),
    ).toEqual(["/1.1/submit-ham"]);
  });

  it("a report that fails is owed until it succeeds", async () => {
    const id = await checked("false");
    service.setRespond([{ status: 503 }, { status: 200, body: "no" }, THANKS]);
    await decide(id, "spam");
    for (const minutes of [1, 2]) {
      await reportDecisions(ctx, [id]);
      expect(await owed()).toEqual([{ key: id, due_at: new Date(clock.nowMs() + minutes * 60_000) }]);
    }
    await reportDecisions(ctx, [id]);
    expect(await owed()).toEqual([]);
    expect(reports()).toHaveLength(3);
  });

  it("is not told of comments that it was never asked about, nor while feedback is off", async () => {
    await configure(ctx, "akismet", {
      baseUrl: service.origin,
      blog: "https://paper.example",
      feedback: false,
    });
    const id = await checked("false");
    await decide(id, "spam");
    expect(await owed()).toEqual([]);
  });
});
