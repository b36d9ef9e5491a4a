import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Site } from "../../src/sites/site.ts";
import { openTestContext, type TestContext } from "../support/context.ts";
import { ARTICLE_URL, createTestSite } from "../support/fixtures.ts";
import { startTestHttp, type TestServer } from "../support/http.ts";

const URL_ENCODED = "application/x-www-form-urlencoded";
const BROWSER = { Accept: "text/html,application/xhtml+xml,*/*;q=0.8" };

describe("POST /v1/sites/{site}/comments", () => {
  let ctx: TestContext;
  let site: Site;
  let server: TestServer;
  let n = 0;

  beforeAll(async () => {
    ctx = await openTestContext({ env: { PORT: "0" } });
    site = await createTestSite(ctx);
    await createTestSite(ctx, { key: "slow", settings: { limits: { perAuthorPerTenMinutes: 2 } } });
    server = await startTestHttp(ctx);
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await ctx[Symbol.asyncDispose]();
  });

  const path = "/v1/sites/paper/comments";
  const fresh = () => {
    n += 1;
    return {
      name: `R${n}`,
      email: `r${n}@readers.example`,
      body: `A calm sentence with the number ${n}.`,
      url: ARTICLE_URL,
    };
  };
  const postForm = (fields: Record<string, string>, headers: Record<string, string> = BROWSER, to = path) =>
    server.fetch(to, {
      method: "POST",
      headers: { "Content-Type": URL_ENCODED, ...headers },
      body: new URLSearchParams(fields).toString(),
    });
  const countComments = async () => {
    const { count } = await ctx.db.kysely
      .selectFrom("comments")
      .select(({ fn }) => fn.countAll<string>().as("count"))
      .executeTakeFirstOrThrow();
    return Number(count);
  };

  it("answers JSON with 202, a status URL and the author's token", async () => {
    const response = await server.fetch(path, { method: "POST", json: fresh() });
    expect(response.status).toBe(202);
    expect(response.headers.get("ratelimit")).toMatch(/^"\w+";r=\d+;t=\d+$/);
    const answer = (await response.json()) as { statusUrl: string };
    expect(response.headers.get("location")).toBe(answer.statusUrl);
  });

  it("leads a form back to the article, at the comment", async () => {
    const response = await postForm(fresh());
    expect(response.status).toBe(303);
    const back = new URL(response.headers.get("location") ?? "");
    expect(back.origin + back.pathname).toBe(ARTICLE_URL);
    expect(back.searchParams.get("unapproved")).toMatch(/^[0-9a-f-]{36}$/);
    expect(back.hash).toBe(`#comment-${back.searchParams.get("unapproved")}`);
  });

  it("takes multipart forms", async () => {
    const body = new FormData();
    for (const [name, value] of Object.entries(fresh())) body.set(name, value);
    const response = await server.fetch(path, { method: "POST", body, headers: BROWSER });
    expect(response.status).toBe(303);
  });

  it("takes an existing WordPress theme's form as it is", async () => {
    const { name, email, body } = fresh();
    const fields = {
      author: name,
      email,
      url: "blog.example",
      comment: body,
      comment_post_ID: "77",
      comment_parent: "0",
    };
    const response = await postForm(fields, { ...BROWSER, Referer: "https://paper.example/2026/theme" });
    expect(response.status).toBe(303);
    expect(response.headers.get("location")).toContain("https://paper.example/2026/theme?unapproved=");
    const row = await ctx.db.kysely
      .selectFrom("comments")
      .innerJoin("threads", "threads.id", "comments.thread_id")
      .select(["comments.website", "comments.body", "threads.key"])
      .where("comments.body", "=", body)
      .executeTakeFirstOrThrow();
    expect(row).toEqual({ website: "https://blog.example", body, key: "77" });
  });

  it("never sends anyone to another site, but to a receipt", async () => {
    const response = await postForm({ ...fresh(), threadKey: "77", url: "https://evil.example/phish" });
    expect(response.status).toBe(303);
    const location = response.headers.get("location") ?? "";
    expect(location).toMatch(/^\/v1\/sites\/paper\/comments\/[0-9a-f-]{36}\/receipt\?token=/);
    const receipt = await server.fetch(location, { headers: BROWSER });
    expect(receipt.status).toBe(200);
    expect(await receipt.text()).toContain("being checked");
  });

  it("lists every wrong field of JSON", async () => {
    const response = await server.fetch(path, {
      method: "POST",
      json: { email: "nobody", body: "x", website: "ftp://x", url: ARTICLE_URL },
    });
    expect(response.status).toBe(422);
    expect(response.headers.get("content-type")).toContain("application/problem+json");
    const problem = (await response.json()) as { errors: { path: string }[]; requestId: string };
    expect(problem.errors.map(({ path: field }) => field).toSorted()).toEqual([
      "body",
      "email",
      "name",
      "website",
    ]);
    expect(problem.requestId).toBe(response.headers.get("x-request-id"));
  });

  it("shows a wrong form again with everything that was typed, inert", async () => {
    const typed = 'Tom & "Jerry" <script>alert(1)</script>';
    const response = await postForm({
      name: typed,
      email: "not an address",
      body: typed,
      url: ARTICLE_URL,
      token: "t",
    });
    expect(response.status).toBe(422);
    const page = await response.text();
    expect(page).toContain("Tom &amp; &quot;Jerry&quot; &lt;script&gt;");
    expect(page).not.toContain("<script>alert");
    expect(page).toContain('value="not an address"');
    expect(page).toContain(`value="${ARTICLE_URL}"`);
  });

  it("keeps what was typed also when the reason is another: closed, too fast", async () => {
    const slow = "/v1/sites/slow/comments";
    const typed = fresh();
    for (const body of ["One thing to say.", "Two things to say."])
      await postForm({ ...typed, body }, BROWSER, slow);
    const response = await postForm({ ...typed, body: "Three things to say." }, BROWSER, slow);
    expect(response.status).toBe(429);
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await response.text()).toContain("Three things to say.");
  });

  it.each([
    ["unknown site", "/v1/sites/nowhere/comments", {}, 404],
    [
      "a media type that is none of three",
      path,
      { headers: { "Content-Type": "text/plain" }, body: "hello" },
      415,
    ],
    ["no media type", path, { body: new Uint8Array([1, 2, 3]) }, 415],
    ["broken JSON", path, { headers: { "Content-Type": "application/json" }, body: '{"name":' }, 422],
    ["JSON that is no object", path, { headers: { "Content-Type": "application/json" }, body: "[1,2]" }, 422],
    ["JSON null", path, { headers: { "Content-Type": "application/json" }, body: "null" }, 422],
    [
      "a broken multipart body",
      path,
      { headers: { "Content-Type": "multipart/form-data; boundary=x" }, body: "--y\r\n" },
      422,
    ],
    [
      "a body beyond the limit",
      path,
      { headers: { "Content-Type": "application/json" }, body: `"${"x".repeat(300_000)}"` },
      413,
    ],
  ])("refuses %s with a problem document", async (_, to, init, status) => {
    const before = await countComments();
    const json = Object.keys(init).length === 0 ? { json: fresh() } : {};
    const response = await server.fetch(to, { method: "POST", ...init, ...json });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({
      status,
      title: expect.any(String),
      requestId: expect.any(String),
    });
    expect(await countComments()).toBe(before);
  });

  it("refuses the pages of another publication, and lets its own call it", async () => {
    const foreign = await server.fetch(path, {
      method: "POST",
      json: fresh(),
      headers: { Origin: "https://evil.example" },
    });
    expect(foreign.status).toBe(403);
    expect(foreign.headers.get("access-control-allow-origin")).toBeNull();
    const own = await server.fetch(path, {
      method: "POST",
      json: fresh(),
      headers: { Origin: "https://paper.example" },
    });
    expect(own.status).toBe(202);
    expect(own.headers.get("access-control-allow-origin")).toBe("https://paper.example");
    expect(own.headers.get("access-control-allow-credentials")).toBeNull();
  });

  it("honours Idempotency-Key, quoted or not", async () => {
    const json = fresh();
    const first = await server.fetch(path, {
      method: "POST",
      json,
      headers: { "Idempotency-Key": '"abc-1"' },
    });
    const again = await server.fetch(path, { method: "POST", json, headers: { "Idempotency-Key": "abc-1" } });
    const other = await server.fetch(path, {
      method: "POST",
      json: { ...json, body: "Else." },
      headers: { "Idempotency-Key": "abc-1" },
    });
    const [a, b] = [(await first.json()) as { id: string }, (await again.json()) as { id: string }];
    expect(b.id).toBe(a.id);
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect(other.status).toBe(422);
  });

  it("makes one comment of a double click on one form, and two of going back and saying something else", async () => {
    const form = await server.fetch(`/v1/sites/paper/form?url=${encodeURIComponent(ARTICLE_URL)}`);
    const { token } = (await form.json()) as { token: string };
    const fields = { ...fresh(), token };
    const [first, second] = await Promise.all([postForm(fields), postForm(fields)]);
    expect(commentIdOf(second)).toBe(commentIdOf(first));
    const third = await postForm({ ...fields, body: "And one more thing, after going back." });
    expect(third.status).toBe(303);
    expect(commentIdOf(third)).not.toBe(commentIdOf(first));
  });

  it("treats the honeypot as a signal, not as an error", async () => {
    const form = (await (await server.fetch(`/v1/sites/paper/form?url=${ARTICLE_URL}`)).json()) as {
      honeypot: string;
    };
    const response = await postForm({ ...fresh(), [form.honeypot]: "+1 555 0100" });
    const id = new URL(response.headers.get("location") ?? "").searchParams.get("unapproved") ?? "";
    await ctx.processAll();
    const row = await ctx.db.kysely
      .selectFrom("comments")
      .select("status")
      .where("id", "=", id)
      .executeTakeFirstOrThrow();
    expect(row.status).toBe("spam");
  });

  it("stores hostile text as it is and shows it as data", async () => {
    const bodies = [
      "\u0000NUL\u0000 inside a sentence.",
      "\ud800 lone surrogate in words",
      "${7*7} {{7*7}} <img src=x onerror=alert(1)>",
      "'; drop table comments; --",
      "ﷺ".repeat(50),
    ];
    for (const body of bodies) {
      const response = await server.fetch(path, { method: "POST", json: { ...fresh(), body } });
      expect(response.status).toBe(202);
    }
    expect(await countComments()).toBeGreaterThan(bodies.length);
  });

  it("cannot be made to set what it does not offer", async () => {
    const json = {
      ...fresh(),
      status: "published",
      id: "00000000-0000-7000-8000-000000000000",
      site_id: 2,
      extra: { honeypotFilled: false },
    };
    const response = await server.fetch(path, { method: "POST", json });
    const { id, status } = (await response.json()) as { id: string; status: string };
    expect(status).toBe("pending");
    expect(id).not.toBe(json.id);
    expect(site.key).toBe("paper");
  });
});

function commentIdOf(response: Response): string | null {
  return new URL(response.headers.get("location") ?? "").searchParams.get("unapproved");
}
