import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Site } from "../../src/sites/site.ts";
import { manualClock } from "../moderation/review-support.ts";
import { LOCAL_SERVICES } from "../moderation/external/support.ts";
import { BACKENDS } from "../support/backends.ts";
import { openTestContext, type TestContext } from "../support/context.ts";
import {
  createTestSite,
  createTestToken,
  submitTestComment,
  type TestCommentInput,
} from "../support/fixtures.ts";
import { startTestHttp, type TestServer } from "../support/http.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";

const POLICY = `version: 1
name: House rules
rules:
  - { id: banned-word, description: Banned, when: lists.blockedWord.size() > 0, then: reject, reason: blocked_word }
  - { id: akismet, description: Akismet says spam, when: akismet.spam, then: spam, reason: spam, onUnavailable: hold }
  - { id: service, description: A service objects, when: moderationApi.flagged, then: hold, reason: insult }
otherwise: publish
`;
const SECRET = "abcdef123456";
// Of all tests, for ids never go back in time.
const clock = manualClock();

describe.each(BACKENDS)("checks by others (queue on %s)", (backend) => {
  let ctx: TestContext;
  let server: TestServer;
  let other: Receiver;
  let site: Site;
  let token: string;

  beforeAll(async () => {
    ctx = await openTestContext({ backend, clock, env: LOCAL_SERVICES });
    server = await startTestHttp(ctx);
    other = await startReceiver();
    site = await createTestSite(ctx, {
      policy: POLICY,
      settings: { lists: { blockedWords: ["forbidden"] } },
    });
    token = await createTestToken(ctx, { name: "Ada", site });
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    await ctx?.[Symbol.asyncDispose]();
    await other?.[Symbol.asyncDispose]();
  });
  afterEach(async () => {
    for (const check of ["akismet", "moderationApi"]) await api("DELETE", `/external/${check}`);
  });

  const api = async (method: string, path: string, json?: unknown) => {
    const init = { method, token, ...(json !== undefined && { json }) };
    const response = await server.fetch(`/v1/sites/paper${path}`, init);
    const text = await response.text();
    return { status: response.status, text, body: text === "" ? null : JSON.parse(text) };
  };
  const akismet = async (more: object = {}) => {
    const settings = { blog: "https://paper.example", endpoint: other.origin };
    const put = await api("PUT", "/external/akismet", { secret: SECRET, settings, ...more });
    expect(put.status, put.text).toBe(200);
    return put;
  };
  const moderationApi = async (more: object = {}) => {
    const settings = { baseUrl: other.origin };
    const put = await api("PUT", "/external/moderationApi", { when: "always", settings, ...more });
    expect(put.status, put.text).toBe(200);
  };
  const submit = async (input: TestCommentInput = {}) => {
    const { id } = await submitTestComment(ctx, site, input);
    await ctx.processAll();
    return decisionOf(id);
  };
  const say = (body: string) => submit({ body, name: "Somebody" });
  const decisionOf = (id: string) =>
    ctx.db.kysely
      .selectFrom("decisions")
      .select(["actor", "to_status", "reason", "evidence", "comment_id"])
      .where("comment_id", "=", id)
      .executeTakeFirstOrThrow();
  const seen = () => ({ requests: other.requests.length, accepted: other.connections.accepted });

  it("are off: nothing leaves the machine, and rules that would need them pass", async () => {
    const before = seen();
    expect((await api("GET", "/external")).body).toMatchObject({
      checks: [],
      available: [{ name: "akismet", secret: "required" }, { name: "moderationApi" }],
    });
    expect(await submit()).toMatchObject({ to_status: "published", actor: "otherwise" });
    await akismet({ enabled: false });
    expect(await submit()).toMatchObject({ to_status: "published", actor: "otherwise" });
    expect(seen()).toEqual(before);
  });

  it("decide by the site's rules once they are on", async () => {
    await akismet();
    other.setRespond({ status: 200, body: "true" });
    const decision = await submit();
    expect(decision).toMatchObject({ to_status: "spam", actor: "akismet", reason: "spam" });
    expect(decision.evidence).toMatchObject({
      values: { "akismet.spam": true, "akismet.discard": false },
      versions: { akismet: 1 },
    });
    other.setRespond({ status: 200, body: "false" });
    expect(await submit()).toMatchObject({ to_status: "published", actor: "otherwise" });
    const { body } = await api("GET", "/external/akismet");
    expect(body.state).toMatchObject({ usable: "ready", callsToday: 2, lastError: null });
  });

  it("never let a comment through because they are down", async () => {
    await akismet({ deadlineMs: 200, breaker: { failures: 100 } });
    for (const reply of [
      { status: 500 },
      { fault: "reset" },
      { fault: "hang" },
      { fault: "huge_body" },
      { status: 200, body: "invalid" },
      { status: 301, headers: { location: other.origin } },
    ] as const) {
      other.setRespond(reply);
      const decision = await submit();
      expect(decision, JSON.stringify(reply)).toMatchObject({
        to_status: "held",
        actor: "akismet",
        reason: "check_unavailable",
      });
    }
    const { body } = await api("GET", "/external/akismet");
    expect(body.state).toMatchObject({ lastError: "redirect (301)", lastErrorAt: expect.any(String) });
  });

  it("are passed over when down, and that is noted, if the site says so", async () => {
    await akismet({ onFailure: "skip" });
    other.setRespond({ status: 503 });
    const decision = await submit();
    expect(decision).toMatchObject({ to_status: "published", actor: "otherwise" });
    expect(decision.evidence).toMatchObject({
      values: { "external.skipped": ["akismet"] },
      more: { "external.skipped": { detail: { reasons: { akismet: "http_status (503)" } } } },
    });
  });

  it("are not asked about what the site's own rules reject", async () => {
    await akismet();
    const before = seen();
    expect(await submit({ body: "This is forbidden here, and still somebody says it." })).toMatchObject({
      to_status: "rejected",
      actor: "banned-word",
    });
    expect(seen()).toEqual(before);
  });

  it("are asked only where the model is uncertain, if the site says so", async () => {
    other.setRespond({ status: 200, body: '{"results":[{"flagged":true}]}' });
    await moderationApi({ when: "uncertain", band: { min: 0, max: 1 } });
    expect(await submit()).toMatchObject({ to_status: "held", actor: "service" });
    const before = seen();
    // No score is above that: the model is always certain, so long as it says anything.
    await moderationApi({ when: "uncertain", band: { min: 1, max: 1 } });
    expect(await submit()).toMatchObject({ to_status: "published" });
    expect(seen()).toEqual(before);
    // It knows no Georgian.
    const georgian = "ეს სტატია ძალიან საინტერესო იყო და ბევრი ახალი რამ გავიგე მისგან დღეს";
    expect(await submit({ body: georgian })).toMatchObject({ to_status: "held", actor: "service" });
  });

  it("are left alone while their breaker is open, and asked again after", async () => {
    await akismet({ breaker: { failures: 2, openSeconds: 60 } });
    other.setRespond({ status: 500 });
    await submit();
    await submit();
    const before = seen();
    const held = await submit();
    expect(held).toMatchObject({ to_status: "held", reason: "check_unavailable" });
    expect(held.evidence).toMatchObject({ down: { "akismet.spam": "breaker_open" } });
    expect(seen()).toEqual(before);
    expect((await api("GET", "/external/akismet")).body.state.breakerOpenUntil).not.toBeNull();
    clock.advance(61);
    other.setRespond({ status: 200, body: "false" });
    expect(await submit()).toMatchObject({ to_status: "published" });
    expect((await api("GET", "/external/akismet")).body.state.breakerOpenUntil).toBeNull();
  });

  it("are asked no more often than their budget, by the minute and by the day", async () => {
    clock.advance(86_400);
    await akismet({ callsPerMinute: 2, callsPerDay: 3 });
    other.setRespond({ status: 200, body: "false" });
    const outcomes = [];
    for (const wait of [0, 0, 0, 61, 0]) {
      clock.advance(wait);
      const { to_status: status, evidence } = await submit();
      outcomes.push([status, (evidence as { down?: Record<string, string> }).down?.["akismet.spam"]]);
    }
    expect(outcomes).toEqual([
      ["published", undefined],
      ["published", undefined],
      ["held", "budget"],
      ["published", undefined],
      ["held", "budget"],
    ]);
  });

  it("are asked once about the same text, for a while", async () => {
    await moderationApi({ cacheSeconds: 600 });
    other.setRespond({ status: 200, body: '{"results":[{"flagged":false}]}' });
    const before = other.requests.length;
    await say("The same thing is said here again and again, and nobody minds.");
    await say("The SAME thing is said here  again and again, and nobody minds.");
    expect(other.requests.length - before).toBe(1);
    clock.advance(601);
    await say("The same thing is said here again and again, and nobody minds.");
    expect(other.requests.length - before).toBe(2);
  });

  it("hold up nobody else when they are slow", async () => {
    const quiet = await createTestSite(ctx, { key: `quiet-${backend}`, policy: POLICY });
    await akismet({ deadlineMs: 3_000 });
    other.setRespond({ status: 200, body: "false", delayMs: 1_500 });
    const before = other.requests.length;
    const slow = await submitTestComment(ctx, site);
    const quick = await Promise.all(Array.from({ length: 50 }, () => submitTestComment(ctx, quiet)));
    const done = ctx.processAll();
    await other.waitFor(before + 1);
    const open = async () =>
      ctx.db.kysely
        .selectFrom("comments")
        .select("id")
        .where("status", "=", "pending")
        .execute()
        .then((rows) => rows.map(({ id }) => id));
    await expect.poll(open, { timeout: 1_400, interval: 20 }).toEqual([slow.id]);
    await done;
    expect(await decisionOf(slow.id)).toMatchObject({ to_status: "published" });
    for (const { id } of quick) expect(await decisionOf(id)).toMatchObject({ to_status: "published" });
  });

  it("show their secret to nobody, and send it to no other server", async () => {
    const put = await akismet();
    expect(put.body).toMatchObject({ name: "akismet", hasSecret: true });
    const all = await api("GET", "/external");
    const one = await api("GET", "/external/akismet");
    for (const { text } of [put, all, one]) expect(text).not.toContain(SECRET);
    const stored = await ctx.db.kysely.selectFrom("external_checks").selectAll().execute();
    expect(JSON.stringify(stored)).not.toContain(SECRET);
    expect(stored[0]?.secret_sealed?.toString("latin1")).not.toContain(SECRET);
    // What was read can be put back, and the secret stays.
    other.setRespond({ status: 200, body: "true" });
    expect((await api("PUT", "/external/akismet", one.body.options)).body).toMatchObject({ hasSecret: true });
    expect(await submit()).toMatchObject({ to_status: "spam" });
    await using elsewhere = await startReceiver();
    const settings = { ...one.body.options.settings, endpoint: elsewhere.origin };
    const moved = await api("PUT", "/external/akismet", { ...one.body.options, settings });
    expect(moved).toMatchObject({ status: 422, body: { errors: [{ path: "secret" }] } });
  });

  it("are tried out on an invented comment", async () => {
    await akismet({ enabled: false });
    other.setRespond(({ url }) => ({ status: 200, body: url.endsWith("verify-key") ? "valid" : "true" }));
    const tried = await api("POST", "/external/akismet/test", { body: "Buy now" });
    expect(tried).toMatchObject({ status: 200, body: { ok: true, failure: null } });
    expect(tried.body.facts[0]).toEqual({ name: "akismet.spam", state: "ok", value: true });
    other.setRespond({ fault: "reset" });
    expect((await api("POST", "/external/akismet/test", {})).body).toMatchObject({
      ok: false,
      facts: [],
      failure: { reason: "connection" },
    });
  });

  it.each<[string, string, object, number, string]>([
    ["an unknown check", "other", {}, 404, ""],
    ["a missing secret", "akismet", { settings: { blog: "https://paper.example" } }, 422, "secret"],
    ["a missing setting", "akismet", { secret: "k", settings: {} }, 422, "settings.blog"],
    ["an unknown setting", "moderationApi", { settings: { modle: "x" } }, 422, "settings"],
    ["an unknown option", "moderationApi", { whenever: true }, 422, ""],
    ["a deadline too long", "moderationApi", { deadlineMs: 60_000 }, 422, "deadlineMs"],
    ["a band upside down", "moderationApi", { band: { min: 0.9, max: 0.1 } }, 422, "band"],
    ["a secret with a line break", "moderationApi", { secret: "a\r\nX-Evil: 1" }, 422, "secret"],
    ["no URL", "moderationApi", { settings: { baseUrl: "ftp://x.example" } }, 422, "settings.baseUrl"],
    [
      "a user name",
      "moderationApi",
      { settings: { baseUrl: "https://u:p@x.example" } },
      422,
      "settings.baseUrl",
    ],
    [
      "a private address",
      "moderationApi",
      { settings: { baseUrl: "https://10.0.0.1/v1" } },
      422,
      "settings.baseUrl",
    ],
    [
      "a metadata service",
      "moderationApi",
      { settings: { baseUrl: "http://169.254.169.254" } },
      422,
      "settings.baseUrl",
    ],
  ])("are not set up with %s", async (_, check, input, status, path) => {
    const refused = await api("PUT", `/external/${check}`, input);
    expect(refused.status, refused.text).toBe(status);
    if (path !== "") expect(refused.body.errors.map((e: { path: string }) => e.path)).toContain(path);
    expect((await api("GET", "/external")).body.checks).toEqual([]);
  });

  it("are none of a moderator's business", async () => {
    const mod = await createTestToken(ctx, { kind: "mod", site });
    const response = await server.fetch("/v1/sites/paper/external", { token: mod });
    expect(response.status).toBe(403);
  });
});
