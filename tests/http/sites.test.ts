import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Site } from "../../src/sites/site.ts";
import { openTestContext, type TestContext } from "../support/context.ts";
import { createTestSite, createTestToken, submitTestComment } from "../support/fixtures.ts";
import { startTestHttp, type TestServer } from "../support/http.ts";

let ctx: TestContext;
let server: TestServer;
let site: Site;
let admin: string;

beforeAll(async () => {
  ctx = await openTestContext({ env: { PORT: "0" } });
  server = await startTestHttp(ctx);
  site = await createTestSite(ctx);
  admin = await createTestToken(ctx);
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await ctx[Symbol.asyncDispose]();
});

/** Of all answers what the tests look into. */
type Body = {
  id: string;
  source: string;
  overridden: string[];
  errors: { path: string }[];
  sites: { key: string }[];
  next: string | null;
};
type Answer = { status: number; headers: Headers; body: Body };

async function call(
  method: string,
  path: string,
  json?: unknown,
  token: string | null = admin,
): Promise<Answer> {
  const init = { method, ...(token === null ? {} : { token }), ...(json === undefined ? {} : { json }) };
  const response = await server.fetch(path, init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : {} };
}

const newSite = (key: string, more: object = {}) => ({
  key,
  name: "A Paper",
  origins: ["https://a.example"],
  ...more,
});

describe("who may manage sites", () => {
  it("asks for a token, and says how", async () => {
    for (const token of [null, "pa_admin_nonsense", "pa_admin_0000000000000000000000000000001VaL3t"]) {
      const answer = await call("GET", "/v1/sites", undefined, token);
      expect(answer).toMatchObject({ status: 401, body: { code: "not_authenticated" } });
      expect(answer.headers.get("www-authenticate")).toBe('Bearer realm="parley"');
      expect(answer.headers.get("cache-control")).toBe("no-store");
    }
  });

  it("keeps a token to its site and to its scopes", async () => {
    await createTestSite(ctx, { key: "next-door", origins: ["https://next.example"] });
    const bound = await createTestToken(ctx, { kind: "admin", site });
    expect(await call("GET", "/v1/sites/paper", undefined, bound)).toMatchObject({ status: 200 });
    expect(await call("GET", "/v1/sites/next-door", undefined, bound)).toMatchObject({ status: 404 });
    expect(await call("PATCH", "/v1/sites/next-door", { name: "Mine" }, bound)).toMatchObject({
      status: 404,
    });
    expect(await call("GET", "/v1/sites/next-door/policy", undefined, bound)).toMatchObject({ status: 404 });
    const registration = { url: "https://next.example/a" };
    expect(await call("POST", "/v1/sites/next-door/threads", registration, bound)).toMatchObject({
      status: 404,
    });
    expect(await call("GET", "/v1/sites", undefined, bound)).toMatchObject({
      status: 403,
      body: { scope: "sites:manage" },
    });
    expect(await call("POST", "/v1/sites", newSite("more"), bound)).toMatchObject({ status: 403 });

    const publisher = await createTestToken(ctx, { kind: "site", site });
    expect(await call("GET", "/v1/sites/paper", undefined, publisher)).toMatchObject({ status: 403 });
    expect(await call("PATCH", "/v1/sites/paper", {}, publisher)).toMatchObject({ status: 403 });
    const policy = await call("PUT", "/v1/sites/paper/policy", { source: "" }, publisher);
    expect(policy).toMatchObject({ status: 403, body: { scope: "policies:manage" } });
    const moderator = await createTestToken(ctx, { kind: "mod", site });
    const thread = await call(
      "POST",
      "/v1/sites/paper/threads",
      { url: "https://paper.example/x" },
      moderator,
    );
    expect(thread).toMatchObject({ status: 403, body: { scope: "threads:write" } });
  });
});

describe("a site", () => {
  it("is made with a preset's policy and its own settings, once", async () => {
    const body = newSite("weekly", {
      language: "uk",
      settings: { limits: { bodyCharsMax: 900 } },
      preset: "strict",
    });
    const made = await call("POST", "/v1/sites", body);
    expect(made).toMatchObject({
      status: 201,
      body: {
        key: "weekly",
        language: "uk",
        origins: ["https://a.example"],
        policyVersion: 1,
        settings: { limits: { bodyCharsMax: 900, bodyCharsMin: 2 }, closeAfterDays: null },
        overridden: ["limits.bodyCharsMax"],
      },
    });
    expect(made.headers.get("location")).toBe("http://parley.test/v1/sites/weekly");
    expect((await call("GET", "/v1/sites/weekly")).body).toEqual(made.body);
    const policy = await call("GET", "/v1/sites/weekly/policy");
    expect(policy.body.source).toBe((await call("GET", "/v1/policy-presets/strict")).body.source);
    expect(await call("POST", "/v1/sites", body)).toMatchObject({
      status: 409,
      body: { reason: "site_exists" },
    });
  });

  it("is not made from a policy, an origin or a setting that is wrong, and says which", async () => {
    const wrong = [
      [{ policy: "version: 1\nname: x\nrules: []\notherwise: perhaps\n" }, "otherwise"],
      [{ origins: ["https://ok.example", "https://*.co.uk"] }, "origins.1"],
      [{ settings: { limits: { bodyCharsMax: 0 } } }, "settings.limits.bodyCharsMax"],
      [{ settings: { limits: { bodyCharsMin: 50, bodyCharsMax: 10 } } }, "settings.limits.bodyCharsMin"],
      [{ settings: { lists: { blockedIps: ["192.0.2.1", "192.0.2.0/33"] } } }, "settings.lists.blockedIps.1"],
      [{ settings: { lists: { blockedWord: ["typing error"] } } }, "settings.lists.blockedWord"],
      [{ key: "Wrong Key" }, "key"],
      [{ preset: "strict", policy: "name: both" }, "policy"],
    ] as const;
    for (const [fault, path] of wrong) {
      const answer = await call("POST", "/v1/sites", newSite("faulty", fault));
      expect(answer, path).toMatchObject({ status: 422 });
      expect(
        answer.body.errors.map((error) => error.path),
        path,
      ).toContain(path);
    }
    expect(await call("GET", "/v1/sites/faulty")).toMatchObject({ status: 404 });
  });

  it("keeps what a change leaves out, and takes null back to the default", async () => {
    await call("POST", "/v1/sites", newSite("daily"));
    const lists = { watchedWords: ["casino*"], blockedDomains: ["spam.example"] };
    await call("PATCH", "/v1/sites/daily", {
      settings: { limits: { depthMax: 3, nameCharsMax: 50 }, lists },
    });
    const changed = await call("PATCH", "/v1/sites/daily", {
      name: "The Daily",
      language: "en",
      settings: {
        limits: { depthMax: null, bodyCharsMin: 10 },
        lists: { watchedWords: ["poker"] },
        closeAfterDays: 14,
      },
    });
    expect(changed).toMatchObject({
      status: 200,
      body: {
        name: "The Daily",
        language: "en",
        origins: ["https://a.example"],
        settings: {
          limits: { depthMax: 10, nameCharsMax: 50, bodyCharsMin: 10 },
          lists: { watchedWords: ["poker"], blockedDomains: ["spam.example"], allowedDomains: [] },
          closeAfterDays: 14,
        },
        overridden: [
          "closeAfterDays",
          "limits.bodyCharsMin",
          "limits.nameCharsMax",
          "lists.blockedDomains",
          "lists.watchedWords",
        ],
      },
    });
    const cleared = await call("PATCH", "/v1/sites/daily", {
      language: null,
      settings: { lists: null, closeAfterDays: null },
    });
    expect(cleared.body).toMatchObject({
      language: null,
      settings: { lists: { watchedWords: [] }, closeAfterDays: null },
    });
    expect(cleared.body.overridden).toEqual(["limits.bodyCharsMin", "limits.nameCharsMax"]);
  });

  it("changes nothing when any part of a change is wrong", async () => {
    await call("POST", "/v1/sites", newSite("monthly"));
    const before = (await call("GET", "/v1/sites/monthly")).body;
    const wrong = [
      { name: "New", settings: { limits: { bodyCharsMax: "many" } } },
      { name: "New", origins: ["not an origin"] },
      { name: "New", settings: { closeafterdays: 3 } },
      { name: "New", settings: { lists: { blockedWords: "one" } } },
      { name: "New", settings: [] },
      { name: "New", colour: "blue" },
      { name: "" },
    ];
    for (const change of wrong) {
      expect(await call("PATCH", "/v1/sites/monthly", change), JSON.stringify(change)).toMatchObject({
        status: 422,
      });
    }
    expect((await call("GET", "/v1/sites/monthly")).body).toEqual(before);
  });

  it("survives settings that are nested without end", async () => {
    const depth = 60_000;
    const body = `{"settings":${'{"limits":'.repeat(depth)}1${"}".repeat(depth)}}`.slice(0, 250_000);
    const whole = `{"settings":${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}}`;
    for (const text of [
      body,
      whole,
      '{"settings":{"__proto__":{"closeAfterDays":1},"limits":{"constructor":1}}}',
    ]) {
      const headers = { "Content-Type": "application/json" };
      const answer = await server.fetch("/v1/sites/paper", {
        method: "PATCH",
        token: admin,
        body: text,
        headers,
      });
      expect(answer.status).toBe(422);
    }
  });

  it("takes out of texts what cannot be stored, and refuses it where that would change a meaning", async () => {
    await call("POST", "/v1/sites", newSite("texts"));
    for (const [name, stored] of [
      ["a\u0000b", "ab"],
      ["a\ud800b", "a\ufffdb"],
    ]) {
      expect((await call("PATCH", "/v1/sites/texts", { name })).body).toMatchObject({ name: stored });
      const thread = { url: "https://a.example/1", title: name };
      expect((await call("POST", "/v1/sites/texts/threads", thread)).body).toMatchObject({ title: stored });
      const settings = { lists: { blockedWords: ["fine", name] } };
      const refused = await call("PATCH", "/v1/sites/texts", { settings });
      expect(refused).toMatchObject({
        status: 422,
        body: { errors: [{ path: "settings.lists.blockedWords.1" }] },
      });
      const source = `# ${name}\nversion: 1\nname: a\nrules: []\notherwise: hold\n`;
      const policy = await call("PUT", "/v1/sites/texts/policy", { source });
      expect(policy).toMatchObject({ status: 422, body: { errors: [{ path: "source" }] } });
    }
    expect(await call("GET", "/v1/sites/%00")).toMatchObject({ status: 404 });
    expect(await call("GET", "/v1/sites/texts/threads?key=%00")).toMatchObject({ status: 422 });
    expect(await call("GET", "/v1/sites/texts/comments?key=%00", undefined, null)).toMatchObject({
      status: 422,
    });
  });

  it("loses no change when two are made at once", async () => {
    await call("POST", "/v1/sites", newSite("hourly"));
    const names = ["bodyCharsMax", "nameCharsMax", "depthMax", "titleCharsMax", "urlCharsMax"];
    const answers = await Promise.all(
      names.map((name) => call("PATCH", "/v1/sites/hourly", { settings: { limits: { [name]: 40 } } })),
    );
    expect(answers.map(({ status }) => status)).toEqual(names.map(() => 200));
    const { body } = await call("GET", "/v1/sites/hourly");
    expect(body.overridden).toEqual(names.map((name) => `limits.${name}`).toSorted());
  });

  it("holds what it is told from the next request on", async () => {
    const url = "https://hasty.example/article";
    await call("POST", "/v1/sites", newSite("hasty", { origins: ["https://hasty.example"] }));
    const comment = {
      name: "Olena",
      email: "olena@readers.example",
      body: "A sentence of forty characters or so.",
      url,
    };
    expect(await call("POST", "/v1/sites/hasty/comments", comment, null)).toMatchObject({ status: 202 });
    await call("PATCH", "/v1/sites/hasty", { settings: { limits: { bodyCharsMax: 20 } } });
    const refused = await call("POST", "/v1/sites/hasty/comments", comment, null);
    expect(refused).toMatchObject({
      status: 422,
      body: { errors: [{ path: "body", message: "at most 20 characters" }] },
    });
  });

  it("is listed by key, a page at a time", async () => {
    const keys: string[] = [];
    let cursor = "";
    do {
      const { status, body } = await call("GET", `/v1/sites?limit=2${cursor}`);
      expect(status).toBe(200);
      expect(body.sites.length).toBeLessThanOrEqual(2);
      keys.push(...body.sites.map((each) => each.key));
      cursor = body.next === null ? "" : `&cursor=${body.next}`;
    } while (cursor !== "");
    expect(keys).toEqual(keys.toSorted());
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys).toEqual(expect.arrayContaining(["paper", "next-door", "weekly", "daily"]));
    expect(await call("GET", "/v1/sites?cursor=AAAA")).toMatchObject({ status: 422 });
    expect(await call("GET", "/v1/sites?limit=101")).toMatchObject({ status: 422 });
  });
});

describe("a submission after its thread was closed", () => {
  it("is refused, also when the thread was just in use", async () => {
    const url = "https://paper.example/closing";
    const first = await submitTestComment(ctx, site, { url });
    const found = await call("GET", `/v1/sites/paper/threads?url=${url}`);
    expect(found.body.id).toBe(first.thread.id);
    await call("PATCH", `/v1/sites/paper/threads/${found.body.id}`, { closed: true });
    await expect(submitTestComment(ctx, site, { url })).rejects.toMatchObject({ reason: "thread_closed" });
    await call("PATCH", `/v1/sites/paper/threads/${found.body.id}`, { closed: false });
    expect((await submitTestComment(ctx, site, { url })).thread.id).toBe(first.thread.id);
  });
});
