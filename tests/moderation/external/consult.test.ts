import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AdapterName } from "../../../src/moderation/external/names.ts";
import type { Site } from "../../../src/sites/site.ts";
import { BACKENDS } from "../../support/backends.ts";
import type { TestContext } from "../../support/context.ts";
import { ARTICLE_URL, cleanBody, createTestSite, createTestToken } from "../../support/fixtures.ts";
import { startTestHttp, type TestServer } from "../../support/http.ts";
import { type Receiver, startReceiver } from "../../support/receiver.ts";
import { jsonReply, openExternalContext, until } from "./support.ts";

const POLICY = `version: 1
name: Asking others
rules:
  - { id: blocked, description: Blocked words, when: lists.blockedWord.size() > 0, then: reject, reason: blocked_word }
  - { id: akismet, description: Akismet takes it for spam, when: akismet.spam, then: spam, reason: spam }
  - { id: model, description: A model objects, when: policyModel.violates, then: hold, reason: harassment }
otherwise: publish
`;
const KEY = "0123456789ab";

describe.each(BACKENDS)("comments that others are asked about (queue on %s)", (backend) => {
  let ctx: TestContext;
  let server: TestServer;
  let service: Receiver;
  let site: Site;
  let token: string;

  beforeEach(async () => {
    ctx = await openExternalContext({ backend });
    server = await startTestHttp(ctx);
    service = await startReceiver({ respond: { status: 200, body: "false" } });
    site = await createTestSite(ctx, {
      policy: POLICY,
      settings: { lists: { blockedWords: ["forbidden"] } },
    });
    token = await createTestToken(ctx);
  });

  afterEach(async () => {
    await server[Symbol.asyncDispose]();
    await ctx[Symbol.asyncDispose]();
    await service[Symbol.asyncDispose]();
  });

  const put = async (adapter: AdapterName, settings: Record<string, unknown>, more: object = {}) => {
    const path = `/v1/sites/${site.key}/external/${adapter}`;
    const response = await server.fetch(path, { method: "PUT", token, json: { settings, ...more } });
    expect(response.status, await response.clone().text()).toBe(200);
  };
  const turnOnAkismet = (settings: Record<string, unknown> = {}) =>
    put(
      "akismet",
      { baseUrl: service.origin, blog: "https://paper.example", when: "always", ...settings },
      { secret: KEY },
    );

  let count = 0;
  const submit = async (body = cleanBody((count += 1))): Promise<string> => {
    count += 1;
    const json = { name: `Reader ${count}`, email: `r${count}@readers.example`, body, url: ARTICLE_URL };
    const response = await server.fetch(`/v1/sites/${site.key}/comments`, { method: "POST", json });
    expect(response.status).toBe(202);
    const { id } = (await response.json()) as { id: string };
    return id;
  };
  const decided = async (id: string) => {
    const response = await server.fetch(`/v1/review/comments/${id}`, { token });
    expect(response.status).toBe(200);
    return (await response.json()) as { status: string; reason: string | null };
  };
  const statusOf = async (id: string) => (await decided(id)).status;

  it("a rule acts on what a service says, and the service gets what it is told to", async () => {
    await turnOnAkismet();
    service.setRespond({ status: 200, headers: { "x-akismet-pro-tip": "discard" }, body: "true" });
    const id = await submit("Buy the cheapest watches of the whole town at our little shop today.");
    await ctx.processAll();
    expect(await statusOf(id)).toBe("spam");
    const [request] = service.requests;
    expect(request).toMatchObject({ method: "POST", url: "/1.1/comment-check" });
    const sent = Object.fromEntries(new URLSearchParams(request?.body.toString()));
    expect(sent).toEqual({
      api_key: KEY,
      blog: "https://paper.example",
      blog_lang: "en",
      blog_charset: "UTF-8",
      user_ip: "0.0.0.0",
      comment_type: "comment",
      comment_author: expect.stringContaining("Reader"),
      comment_content: "Buy the cheapest watches of the whole town at our little shop today.",
      comment_date_gmt: expect.stringMatching(/^20.*Z$/),
      permalink: ARTICLE_URL,
    });
    const [decision] = await ctx.db.kysely
      .selectFrom("decisions")
      .select("evidence")
      .where("comment_id", "=", id)
      .execute();
    expect(decision?.evidence).toMatchObject({ values: { "akismet.spam": true, "akismet.discard": true } });
  });

  it("a service that is down holds what a rule needs it for, with the reason; nothing is published", async () => {
    await turnOnAkismet();
    service.setRespond({ status: 500 });
    const ids = [await submit(), await submit()];
    await ctx.processAll();
    for (const id of ids) {
      const [decision] = await ctx.db.kysely
        .selectFrom("decisions")
        .selectAll()
        .where("comment_id", "=", id)
        .execute();
      expect(decision).toMatchObject({ to_status: "held", reason: "check_unavailable", actor: "akismet" });
      expect(decision?.evidence).toMatchObject({ down: { "akismet.spam": "http_status (500)" } });
    }
    await service.close();
    const id = await submit();
    await ctx.processAll();
    expect(await statusOf(id)).toBe("held");
  });

  it("with onFailure: skip, a comment is decided as if nobody had been asked", async () => {
    await turnOnAkismet({ onFailure: "skip" });
    service.setRespond({ fault: "reset" });
    const id = await submit();
    await ctx.processAll();
    expect(await statusOf(id)).toBe("published");
  });

  it("nothing leaves the machine while nothing is on, or once it is off, or where it cannot matter", async () => {
    const before = await submit();
    await ctx.processAll();
    expect(await statusOf(before)).toBe("published");
    await turnOnAkismet();
    const rejected = await submit("This is forbidden talk about the article.");
    await ctx.processAll();
    expect(await statusOf(rejected)).toBe("rejected");
    await put(
      "akismet",
      { baseUrl: service.origin, blog: "https://paper.example", when: "always" },
      { enabled: false },
    );
    const after = await submit();
    await ctx.processAll();
    expect(await statusOf(after)).toBe("published");
    expect(service.connections.accepted).toBe(0);
    const sealed = await ctx.db.kysely.selectFrom("comment_sources").select("sender_sealed").execute();
    expect(sealed.every(({ sender_sealed: sender }) => sender === null)).toBe(true);
  });

  it("sends the reader's address only where told to, and forgets it with the decision", async () => {
    await turnOnAkismet({ sendIp: true, sendEmail: true });
    service.setRespond({ status: 200, body: "false", delayMs: 200 });
    const asked = await submit();
    const rejected = await submit("This is forbidden talk about the article.");
    const sealed = await ctx.db.kysely.selectFrom("comment_sources").select("sender_sealed").execute();
    expect(sealed.filter(({ sender_sealed: sender }) => sender !== null)).toHaveLength(2);
    expect(
      Buffer.concat(sealed.map(({ sender_sealed: sender }) => sender ?? Buffer.alloc(0))).includes(
        "127.0.0.1",
      ),
    ).toBe(false);
    await ctx.processAll();
    expect([await statusOf(asked), await statusOf(rejected)]).toEqual(["published", "rejected"]);
    const sent = new URLSearchParams(service.requests[0]?.body.toString());
    expect(sent.get("user_ip")).toBe("127.0.0.1");
    expect(sent.get("comment_author_email")).toMatch(/@readers\.example$/);
    const left = await ctx.db.kysely.selectFrom("comment_sources").select("sender_sealed").execute();
    expect(left).toEqual([{ sender_sealed: null }, { sender_sealed: null }]);
  });

  it("one that waits for an answer holds up no other", async () => {
    const slow = await createTestSite(ctx, { key: "slow", policy: POLICY });
    const elsewhere = `/v1/sites/${slow.key}/external/akismet`;
    const settings = {
      baseUrl: service.origin,
      blog: "https://slow.example",
      when: "always",
      deadlineMs: 4_000,
    };
    expect(
      (await server.fetch(elsewhere, { method: "PUT", token, json: { settings, secret: KEY } })).status,
    ).toBe(200);
    service.setRespond({ fault: "hang" });
    await ctx.processAll();
    const json = { name: "Waits", email: "w@readers.example", body: cleanBody(900), url: ARTICLE_URL };
    const response = await server.fetch("/v1/sites/slow/comments", { method: "POST", json });
    const { id: waiting } = (await response.json()) as { id: string };
    await service.waitFor(1);
    const others = await Promise.all(Array.from({ length: 20 }, () => submit()));
    await until(
      async () => (await Promise.all(others.map(statusOf))).every((status) => status === "published"),
      3_500,
    );
    expect(await statusOf(waiting)).toBe("pending");
    service.setRespond({ status: 200, body: "false" });
  });

  it("tier by tier: a dear model is not asked about what a cheap service takes for spam", async () => {
    const model = { baseUrl: `${service.origin}/v1`, model: "guard", format: "llama-guard", when: "always" };
    await turnOnAkismet();
    await put("policyModel", model);
    const answer = jsonReply({ choices: [{ message: { content: "unsafe\nS10" } }] });
    service.setRespond(({ url, body }) =>
      url.startsWith("/v1/") ? answer : { status: 200, body: String(body.includes("watches")) },
    );
    const spam = await submit("Buy the cheapest watches of the whole town at our little shop today.");
    await ctx.processAll();
    expect(service.requests.map(({ url }) => url)).toEqual(["/1.1/comment-check"]);
    const hostile = await submit("You people have never understood anything about this at all.");
    await ctx.processAll();
    expect(service.requests.map(({ url }) => url).slice(1)).toEqual([
      "/1.1/comment-check",
      "/v1/chat/completions",
    ]);
    expect([await statusOf(spam), await statusOf(hostile)]).toEqual(["spam", "held"]);
  });

  it("asks only in doubt unless told otherwise", async () => {
    await turnOnAkismet({ when: "uncertain", uncertainFrom: 1, uncertainTo: 1 });
    const sure = await submit();
    await ctx.processAll();
    expect(await statusOf(sure)).toBe("published");
    expect(service.requests).toHaveLength(0);
    await turnOnAkismet({ when: "uncertain", uncertainFrom: 0, uncertainTo: 1 });
    await submit();
    await ctx.processAll();
    expect(service.requests).toHaveLength(1);
  });
});
