import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Site } from "../src/sites/site.ts";
import { BACKENDS } from "./support/backends.ts";
import { openTestContext, type TestContext } from "./support/context.ts";
import { ARTICLE_URL, createTestSite, createTestToken } from "./support/fixtures.ts";
import { startTestHttp, type TestServer } from "./support/http.ts";
import { type Receiver, startReceiver } from "./support/receiver.ts";

// The way of a comment, told over HTTP in the order of the code: submit → queue → check → decide → publish → notify.
describe.each(BACKENDS)("the way of a comment (queue on %s)", (backend) => {
  let ctx: TestContext;
  let site: Site;
  let server: TestServer;
  let receiver: Receiver;
  let moderator: string;
  let secret: string;

  beforeAll(async () => {
    ctx = await openTestContext({ backend, env: { PORT: "0" } });
    site = await createTestSite(ctx);
    server = await startTestHttp(ctx);
    receiver = await startReceiver();
    moderator = await createTestToken(ctx, { kind: "admin", name: "Ada" });
  });

  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    await receiver?.[Symbol.asyncDispose]();
    await ctx?.[Symbol.asyncDispose]();
  });

  const comments = `/v1/sites/paper/comments`;
  const reader = { name: "Olena", email: "olena@readers.example", url: `${ARTICLE_URL}?utm_source=letter` };
  const page = `${comments}?url=${encodeURIComponent(ARTICLE_URL)}`;

  let published: { id: string; editToken: string };
  let held: { id: string; editToken: string };

  it("an integrator asks to be told", async () => {
    const response = await server.fetch("/v1/sites/paper/endpoints", {
      method: "POST",
      token: moderator,
      json: { url: `${receiver.origin}/hook` },
    });
    expect(response.status).toBe(201);
    ({ secret } = (await response.json()) as { secret: string });
    expect(secret).toMatch(/^whsec_/);
  });

  it("submit: a reader's comment is stored before they are told so", async () => {
    const body = "I read this twice. The part about the families waiting for letters stays with me.";
    const response = await server.fetch(comments, { method: "POST", json: { ...reader, body } });
    expect(response.status).toBe(202);
    const answer = (await response.json()) as { id: string; status: string; editToken: string };
    expect(answer).toMatchObject({ status: "pending", editToken: expect.stringMatching(/^pe_/) });
    published = answer;
    const own = await server.fetch(`${comments}/${answer.id}`, { token: answer.editToken });
    expect(await own.json()).toMatchObject({ status: "pending", body, name: "Olena" });
    // Nobody else sees it, and nobody ever sees the address.
    expect((await server.fetch(`${comments}/${answer.id}`)).status).toBe(404);
  });

  it("queue, check, decide, publish: a clean comment appears by itself", async () => {
    await ctx.processAll();
    const response = await server.fetch(page);
    const list = await response.text();
    expect(JSON.parse(list)).toMatchObject({
      thread: { count: 1, url: expect.stringContaining(ARTICLE_URL) },
      comments: [{ id: published.id, name: "Olena", depth: 0, replyCount: 0 }],
      next: null,
    });
    expect(list).not.toContain("olena@readers.example");
    const unchanged = await server.fetch(page, {
      headers: { "If-None-Match": response.headers.get("etag") ?? "" },
    });
    expect(unchanged.status).toBe(304);
  });

  it("decide: a doubtful one is held, and a moderator can say why", async () => {
    const body =
      "Look here https://one.example/a and here https://two.example/b and https://three.example/c please";
    const json = { ...reader, name: "Max", email: "max@readers.example", body };
    const response = await server.fetch(comments, { method: "POST", json });
    held = (await response.json()) as typeof held;
    await ctx.processAll();
    const own = await server.fetch(`${comments}/${held.id}`, { token: held.editToken });
    expect(await own.json()).toMatchObject({
      status: "held",
      explanation: expect.stringContaining("moderator"),
    });

    const queue = await server.fetch("/v1/review/comments?site=paper", { token: moderator });
    expect(await queue.json()).toMatchObject({ comments: [{ id: held.id, status: "held" }] });
    const review = await server.fetch(`/v1/review/comments/${held.id}`, { token: moderator });
    const text = await review.text();
    expect(text).toContain("links.count");
  });

  it("publish: the moderator's decision takes the same path, and a late second one is told what happened", async () => {
    const decide = (action: string, token: string) =>
      server.fetch(`/v1/review/comments/${held.id}/decision`, {
        method: "POST",
        token,
        json: { version: 2, action, ...(action === "reject" ? { reason: "off_topic" } : {}) },
      });
    expect((await decide("publish", moderator)).status).toBe(200);
    const second = await createTestToken(ctx, { kind: "mod", name: "Ben", site });
    const late = await decide("reject", second);
    expect(late.status).toBe(409);
    expect(await late.text()).toContain("Ada");
    expect(await (await server.fetch(page)).json()).toMatchObject({ thread: { count: 2 } });
  });

  it("the author edits, is checked again, and may take the comment back", async () => {
    const body = "I read this three times now, and the families waiting for letters stay with me.";
    const edited = await server.fetch(`${comments}/${published.id}`, {
      method: "PATCH",
      token: published.editToken,
      json: { body },
    });
    expect(await edited.json()).toMatchObject({ status: "pending", body });
    await ctx.processAll();
    expect(await (await server.fetch(page)).text()).toContain("three times now");
    const removed = await server.fetch(`${comments}/${published.id}`, {
      method: "DELETE",
      token: published.editToken,
    });
    expect(removed.status).toBe(204);
    expect(await (await server.fetch(page)).json()).toMatchObject({ thread: { count: 1 } });
  });

  it("notify: every event arrives once, signed, and holds no address", async () => {
    await ctx.processAll();
    await receiver.waitFor(8);
    const types = receiver.requests.map((request) => {
      const verified = new Webhook(secret).verify(request.body.toString(), {
        "webhook-id": String(request.headers["webhook-id"]),
        "webhook-timestamp": String(request.headers["webhook-timestamp"]),
        "webhook-signature": String(request.headers["webhook-signature"]),
      }) as { type: string };
      expect(request.body.toString()).not.toContain("@readers.example");
      return verified.type;
    });
    expect(types.toSorted()).toEqual([
      "comment.edited",
      "comment.held",
      "comment.published",
      "comment.published",
      "comment.published",
      "comment.removed",
      "comment.submitted",
      "comment.submitted",
    ]);
    expect(new Set(receiver.requests.map((request) => request.headers["webhook-id"])).size).toBe(8);
  });
});
