import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { importList } from "../../src/moderation/external/import-list.ts";
import { ADAPTER_NAMES } from "../../src/moderation/external/names.ts";
import { getSite, type Site } from "../../src/sites/site.ts";
import { ask, downReason, inShort, openExternalContext } from "../moderation/external/support.ts";
import { makeSubject } from "../moderation/signals/subject.ts";
import { openTestContext, type TestContext } from "../support/context.ts";
import { createTestSite, createTestToken } from "../support/fixtures.ts";
import { startTestHttp, type TestServer } from "../support/http.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";

const BASE = "/v1/sites/paper/external";
const SECRET = "0123456789ab";

type Check = {
  adapter: string;
  enabled: boolean;
  configured: boolean;
  hasSecret: boolean;
  settings: Record<string, unknown> | null;
  usage: { minute: number; day: number };
  breaker: string;
  lastError: { error: string } | null;
};
type Problem = { code: string; errors: { path: string; message: string }[] };

let ctx: TestContext;
let server: TestServer;
let service: Receiver;
let token: string;
let site: Site;

beforeAll(async () => {
  ctx = await openExternalContext();
  server = await startTestHttp(ctx);
  service = await startReceiver();
  site = await createTestSite(ctx);
  token = await createTestToken(ctx);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await ctx[Symbol.asyncDispose]();
  await service[Symbol.asyncDispose]();
});

const put = (adapter: string, json: unknown, by = token) =>
  server.fetch(`${BASE}/${adapter}`, { method: "PUT", token: by, json });
const get = async (adapter: string): Promise<Check> => {
  const response = await server.fetch(`${BASE}/${adapter}`, { token });
  expect(response.status).toBe(200);
  return (await response.json()) as Check;
};
const refusal = async (response: Response): Promise<string[]> => {
  expect(response.status).toBe(422);
  return ((await response.json()) as Problem).errors.map(({ path, message }) => `${path}: ${message}`);
};
const tryAkismet = async () => (await server.fetch(`${BASE}/akismet/test`, { method: "POST", token })).json();
const akismet = (changes: object = {}) => ({
  baseUrl: service.origin,
  blog: "https://paper.example",
  ...changes,
});

describe("configuring external checks", () => {
  beforeEach(async () => {
    for (const name of ADAPTER_NAMES) await server.fetch(`${BASE}/${name}`, { method: "DELETE", token });
  });

  it("none is on by default, and each says what it would send", async () => {
    const { checks } = (await (await server.fetch(BASE, { token })).json()) as {
      checks: (Check & { sends: string })[];
    };
    expect(checks.map(({ adapter }) => adapter)).toEqual([...ADAPTER_NAMES]);
    for (const check of checks) {
      expect(check).toMatchObject({
        enabled: false,
        configured: false,
        settings: null,
        hasSecret: false,
        breaker: "closed",
      });
      expect(check.sends.length).toBeGreaterThan(20);
    }
  });

  it("keeps the key sealed and never shows it", async () => {
    const response = await put("akismet", { settings: akismet(), secret: SECRET });
    const text = await response.text();
    expect(response.status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({
      adapter: "akismet",
      enabled: true,
      hasSecret: true,
      settings: { when: "uncertain", onFailure: "hold", sendIp: false, sendEmail: false, feedback: false },
    });
    const everything = [text, await (await server.fetch(BASE, { token })).text()];
    everything.push(await (await server.fetch("/v1/sites/paper", { token })).text());
    const stored = await ctx.db.kysely.selectFrom("sites").select("external").execute();
    everything.push(JSON.stringify(stored));
    for (const seen of everything) expect(seen).not.toContain(SECRET);
    expect(everything[2]).not.toContain("external");
  });

  it("what is left out has its default, but the key stays, unless the address is another", async () => {
    await put("akismet", { settings: akismet({ when: "always", sendEmail: true }), secret: SECRET });
    await put("akismet", { settings: akismet({ sendEmail: true }), enabled: false });
    expect(await get("akismet")).toMatchObject({
      enabled: false,
      hasSecret: true,
      settings: { when: "uncertain", sendEmail: true },
    });
    const stolen = await put("akismet", { settings: akismet({ baseUrl: "http://127.0.0.2:81" }) });
    expect(await refusal(stolen)).toEqual(["secret: must be given again when the address changes"]);
    expect(await get("akismet")).toMatchObject({ settings: { baseUrl: service.origin } });
    const given = await put("akismet", {
      settings: akismet({ baseUrl: "http://127.0.0.2:81" }),
      secret: "another",
    });
    expect(given.status).toBe(200);
  });

  it("names everything that is wrong, and changes nothing", async () => {
    expect(
      await refusal(
        await put("akismet", { settings: { when: "often", blog: "paper", surprise: 1 }, secret: SECRET }),
      ),
    ).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^settings.when: /),
        expect.stringMatching(/^settings.blog: /),
        expect.stringMatching(/surprise/),
      ]),
    );
    expect(await refusal(await put("akismet", { settings: akismet() }))).toEqual(["secret: required"]);
    expect(
      await refusal(await put("akismet", { settings: akismet(), secret: "a key with spaces" })),
    ).toHaveLength(1);
    expect(
      await refusal(await put("stopforumspam", { settings: { baseUrl: service.origin }, secret: SECRET })),
    ).toEqual(["secret: it takes none"]);
    expect(await refusal(await put("policyModel", { settings: { model: "m" } }))).toEqual([
      "settings.baseUrl: required",
    ]);
    expect(
      await refusal(
        await put("dnsbl", { settings: { zones: ["dbl spamhaus"], servers: ["resolver.example"] } }),
      ),
    ).toHaveLength(2);
    expect(
      await refusal(await put("stopforumspam", { settings: { api: false, lists: false } })),
    ).toHaveLength(1);
    for (const name of ADAPTER_NAMES) expect(await get(name)).toMatchObject({ configured: false });
  });

  it("refuses addresses within the operator's network, by name or number, unless they are opened", async () => {
    await using strict = await openTestContext();
    await using closed = await startTestHttp(strict);
    await createTestSite(strict);
    const admin = await createTestToken(strict);
    const tryUrl = async (adapter: string, settings: object) => {
      const response = await closed.fetch(`${BASE}/${adapter}`, {
        method: "PUT",
        token: admin,
        json: { settings },
      });
      return (await refusal(response)).join();
    };
    for (const host of ["127.0.0.1", "localhost", "169.254.169.254", "[::1]", "0x7f.1", "10.1.2.3"]) {
      expect(await tryUrl("moderationApi", { baseUrl: `https://${host}/v1` })).toMatch(
        /^settings.baseUrl: Nobody can be asked at this address/,
      );
    }
    expect(await tryUrl("moderationApi", { baseUrl: "http://192.0.2.1/v1" })).toMatch(
      /^settings.baseUrl: .*https URL/,
    );
    expect(await tryUrl("moderationApi", { baseUrl: "https://u:p@1.1.1.1/v1" })).toMatch(
      /^settings.baseUrl: /,
    );
    expect(await tryUrl("dnsbl", { zones: ["dbl.example.org"], servers: ["127.0.0.1:53"] })).toMatch(
      /^settings.servers\.0: .*loopback/,
    );
  });

  it("is the operator's alone, and of the sites and checks there are", async () => {
    const moderator = await createTestToken(ctx, { kind: "mod", site });
    expect((await put("akismet", {}, moderator)).status).toBe(403);
    expect((await server.fetch(BASE)).status).toBe(401);
    expect((await server.fetch(BASE, { token: moderator })).status).toBe(403);
    expect((await put("oracle", {})).status).toBe(404);
    expect((await server.fetch("/v1/sites/none/external", { token })).status).toBe(404);
  });

  it("a test call says whether address and key are right", async () => {
    expect(await tryAkismet()).toMatchObject({ code: "conflict", reason: "external_not_configured" });
    await put("akismet", { settings: akismet(), secret: SECRET, enabled: false });
    service.setRespond({ status: 200, body: "valid" });
    expect(await tryAkismet()).toMatchObject({ ok: true, reason: null });
    expect(service.requests.at(-1)).toMatchObject({ url: "/1.1/verify-key" });
    expect(Object.fromEntries(new URLSearchParams(service.requests.at(-1)?.body.toString()))).toEqual({
      api_key: SECRET,
      key: SECRET,
      blog: "https://paper.example",
    });
    service.setRespond({ status: 200, body: "invalid" });
    expect(await tryAkismet()).toMatchObject({ ok: false, reason: "refused", detail: "invalid key" });
    expect((await get("akismet")).usage).toEqual({ minute: 2, day: 2 });
  });

  it("shows calls, breaker and the last error, and a change of settings begins anew", async () => {
    const settings = akismet({ when: "always", breakerFailures: 1 });
    await put("akismet", { settings, secret: SECRET });
    service.setRespond({ status: 500 });
    const usedBefore = (await get("akismet")).usage.day;
    expect(downReason(await ask(ctx, "akismet", makeSubject("Some words about the article.")))).toMatch(
      /^http_status/,
    );
    const failing = await get("akismet");
    expect(failing).toMatchObject({ breaker: "open", lastError: { error: "http_status (500)" } });
    expect(failing.usage.day).toBe(usedBefore + 1);
    service.setRespond({ status: 200, body: "false" });
    await put("akismet", { settings });
    expect(inShort(await ask(ctx, "akismet", makeSubject("Some words about the article.")))).toMatchObject({
      "akismet.spam": false,
    });
  });
});

describe("imported lists", () => {
  it("are looked into without asking anybody", async () => {
    await put("stopforumspam", { settings: { api: false, when: "always", cacheSeconds: 0 } });
    const listed = async (email: string, ip: string | null = null) => {
      const subject = makeSubject("Some words.", { email });
      return inShort(await ask(ctx, "stopforumspam", subject, { ip }))["stopforumspam.listed"];
    };
    expect(await listed("ann@sub.toxic.example")).toBe(false);
    const text = '# toxic domains\nToxic.example\n"*.worse.example",12,3\nnot a domain\n';
    expect(await importList(ctx, { list: "toxic", kind: "domain", text })).toEqual({
      entries: 2,
      ignored: 1,
    });
    await importList(ctx, { list: "ips", kind: "ip", text: "198.51.100.7/24\n2001:db8::/32\n999.1.1.1" });
    await importList(ctx, { list: "md5", kind: "email_md5", text: "55502f40dc8b7c769880b10874abc9d0" });
    expect(await listed("ann@sub.toxic.example")).toBe(true);
    expect(await listed("ann@nottoxic.example")).toBe(false);
    expect(await listed("Test@Example.com")).toBe(true);
    expect(await listed("ann@fine.example", "198.51.100.200")).toBe(true);
    expect(await listed("ann@fine.example", "2001:db8:1::5")).toBe(true);
    expect(await listed("ann@fine.example", "192.0.2.1")).toBe(false);
    await importList(ctx, { list: "toxic", kind: "domain", text: "other.example" });
    expect(await listed("ann@sub.toxic.example")).toBe(false);
    await expect(importList(ctx, { list: "toxic", kind: "domain", text: "# nothing" })).rejects.toMatchObject(
      { code: "invalid_input" },
    );
    expect(await getSite(ctx, "paper")).toMatchObject({ keepsSender: false });
  });
});
