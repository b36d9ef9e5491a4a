import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Site } from "../../src/sites/site.ts";
import { openTestContext, type TestContext } from "../support/context.ts";
import { createTestSite, createTestToken, submitTestComment } from "../support/fixtures.ts";
import { startTestHttp, type TestServer } from "../support/http.ts";

const NOW = new Date("2026-03-01T12:00:00Z");
const DAY_MS = 86_400_000;

let nowMs = NOW.getTime();
let ctx: TestContext;
let server: TestServer;
let site: Site;
let token: string;

beforeAll(async () => {
  ctx = await openTestContext({
    env: { PORT: "0" },
    clock: { now: () => new Date(nowMs), nowMs: () => nowMs },
  });
  server = await startTestHttp(ctx);
  site = await createTestSite(ctx);
  token = await createTestToken(ctx, { kind: "site", site, scopes: ["threads:write"] });
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await ctx[Symbol.asyncDispose]();
});

type Body = { id: string; key: string };
type Answer = { status: number; headers: Headers; body: Body };

async function call(method: string, path: string, json?: unknown): Promise<Answer> {
  const init = { method, token, ...(json === undefined ? {} : { json }) };
  const response = await server.fetch(`/v1/sites/${path}`, init);
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Body,
  };
}

const register = (body: object, key = "paper") => call("POST", `${key}/threads`, body);
const article = (name: string) => `https://paper.example/${name}`;

async function etagOf(url: string): Promise<string | null> {
  return (await server.fetch(`/v1/sites/paper/comments?url=${encodeURIComponent(url)}`)).headers.get("etag");
}

describe("registering an article", () => {
  it("makes its thread, and does nothing the second time", async () => {
    const body = { url: article("new?utm_source=mail"), key: "post-1", title: "News", language: "en" };
    const made = await register(body);
    expect(made).toMatchObject({
      status: 201,
      body: {
        key: "post-1",
        url: article("new?utm_source=mail"),
        canonicalUrl: article("new"),
        title: "News",
        language: "en",
        count: 0,
        closed: false,
        closedAt: null,
        createdAt: NOW.toISOString(),
      },
    });
    expect(made.headers.get("location")).toBe(`http://parley.test/v1/sites/paper/threads/${made.body.id}`);
    const etag = await etagOf(article("new"));
    expect(await register(body)).toMatchObject({ status: 200, body: made.body });
    expect(await etagOf(article("new"))).toBe(etag);
    for (const by of ["key=post-1", `url=${article("new/")}`]) {
      expect(await call("GET", `paper/threads?${by}`)).toMatchObject({ status: 200, body: made.body });
    }
    expect(await call("GET", `paper/threads/${made.body.id}`)).toMatchObject({
      status: 200,
      body: made.body,
    });
  });

  it("changes only what is given", async () => {
    const { body } = await register({ url: article("partly"), title: "First", language: "uk" });
    expect(body.key).toBe(article("partly"));
    expect((await register({ url: article("partly"), language: null })).body).toMatchObject({
      id: body.id,
      title: "First",
      language: null,
    });
    const renamed = await register({ url: article("partly"), title: "Second" });
    expect(renamed.body).toMatchObject({ id: body.id, title: "Second", language: null });
    const page = await server.fetch(`/v1/sites/paper/comments?url=${article("partly")}`);
    expect(await page.json()).toMatchObject({ thread: { title: "Second" } });
  });

  it("takes over the thread that a reader opened by URL, with its comments", async () => {
    const { thread } = await submitTestComment(ctx, site, { url: article("opened") });
    const taken = await register({ url: article("opened"), key: "post-2" });
    expect(taken).toMatchObject({ status: 200, body: { id: thread.id, key: "post-2" } });
    expect((await submitTestComment(ctx, site, { url: null, threadKey: "post-2" })).thread.id).toBe(
      thread.id,
    );
    expect((await submitTestComment(ctx, site, { url: article("opened") })).thread.id).toBe(thread.id);
  });

  it("moves a thread with its key when the article's address changes", async () => {
    const { body } = await register({ url: article("old-address"), key: "post-3" });
    const moved = await register({ url: article("new-address"), key: "post-3" });
    expect(moved.body).toMatchObject({ id: body.id, canonicalUrl: article("new-address") });
    expect((await call("GET", `paper/threads?url=${article("new-address")}`)).body.id).toBe(body.id);
    expect(await call("GET", `paper/threads?url=${article("old-address")}`)).toMatchObject({ status: 404 });
  });

  it("agrees on one thread when several ask at once", async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => register({ url: article("rush"), key: "post-4" })),
    );
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  });

  it("refuses what is not of the site or not understood, naming the field", async () => {
    const wrong = [
      [{ url: "https://elsewhere.example/a" }, "url"],
      [{ url: "ftp://paper.example/a" }, "url"],
      [{ key: "only-a-key" }, "url"],
      [{ url: article("a"), language: "English" }, "language"],
      [{ url: article("a"), closed: true, closeAt: "2026-04-01T00:00:00Z" }, "closeAt"],
      [{ url: article("a"), closeAt: "tomorrow" }, "closeAt"],
      [{ url: article("a"), title: "x".repeat(1_001) }, "title"],
      [{ url: article("a"), colour: "blue" }, ""],
    ] as const;
    for (const [body, path] of wrong) {
      const answer = await register(body);
      expect(answer, JSON.stringify(body)).toMatchObject({ status: 422, body: { errors: [{ path }] } });
    }
    expect(await call("GET", "paper/threads")).toMatchObject({ status: 422 });
  });

  it("finds no thread of another site", async () => {
    const other = await createTestSite(ctx, { key: "other" });
    const { thread } = await submitTestComment(ctx, other, { url: article("there") });
    for (const id of [thread.id, "0", "-1", "1e3", "9".repeat(30), "x"]) {
      expect(await call("GET", `paper/threads/${id}`), id).toMatchObject({ status: 404 });
      expect(await call("PATCH", `paper/threads/${id}`, { closed: true }), id).toMatchObject({ status: 404 });
    }
    expect((await submitTestComment(ctx, other, { url: article("there") })).thread.id).toBe(thread.id);
  });
});

describe("closing", () => {
  it("stops comments now, then, or never, as the publisher says", async () => {
    const url = article("closing");
    const { body } = await register({ url, closed: true });
    expect(body).toMatchObject({ closed: true, closedAt: NOW.toISOString() });
    await expect(submitTestComment(ctx, site, { url })).rejects.toMatchObject({ reason: "thread_closed" });
    nowMs += DAY_MS;
    // Said again a day later, it is closed since the first time.
    expect((await register({ url, closed: true })).body).toEqual(body);

    expect((await register({ url, closed: false })).body).toMatchObject({ closed: false, closedAt: null });
    await submitTestComment(ctx, site, { url });

    const closeAt = new Date(nowMs + DAY_MS).toISOString();
    const path = `paper/threads/${body.id}`;
    expect((await call("PATCH", path, { closeAt })).body).toMatchObject({ closed: false, closedAt: closeAt });
    await submitTestComment(ctx, site, { url });
    nowMs += DAY_MS;
    expect((await call("GET", path)).body).toMatchObject({ closed: true, closedAt: closeAt });
    await expect(submitTestComment(ctx, site, { url })).rejects.toMatchObject({ reason: "thread_closed" });
    expect((await call("PATCH", path, { closeAt: null })).body).toMatchObject({
      closed: false,
      closedAt: null,
    });
    await submitTestComment(ctx, site, { url });
  });

  it("follows the site's default unless the article has its own time", async () => {
    await createTestSite(ctx, { key: "fortnight", settings: { closeAfterDays: 14 } });
    const all = await createTestToken(ctx);
    const at = async (json: object) => {
      const response = await server.fetch("/v1/sites/fortnight/threads", {
        method: "POST",
        token: all,
        json,
      });
      return ((await response.json()) as { closedAt: string | null }).closedAt;
    };
    expect(await at({ url: article("a") })).toBe(new Date(nowMs + 14 * DAY_MS).toISOString());
    expect(await at({ url: article("b"), closed: false })).toBeNull();
    expect(await at({ url: article("c"), closeAt: null })).toBeNull();
    expect(await at({ url: article("d"), closed: true })).toBe(new Date(nowMs).toISOString());
    // Brought up to date later, it keeps its time.
    nowMs += DAY_MS;
    expect(await at({ url: article("a"), title: "A" })).toBe(new Date(nowMs + 13 * DAY_MS).toISOString());
  });
});
