import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { Site } from "../../src/sites/site.ts";
import { openTestContext, type TestContext } from "../support/context.ts";
import { createTestSite, createTestToken, submitTestComment } from "../support/fixtures.ts";
import { startTestHttp, type TestServer } from "../support/http.ts";
import { startReceiver } from "../support/receiver.ts";
import { headersOf } from "../webhooks/deliver-support.ts";

/** Never contacted: nothing is sent to it in these tests. */
const PUBLIC_URL = "https://93.184.215.14/hook";
const NOBODY = "00000000-0000-7000-8000-000000000000";

let ctx: TestContext;
let server: TestServer;
let site: Site;
let token: string;
/** Everything that was answered, for what must never be in it. */
let answered = "";

beforeAll(async () => {
  ctx = await openTestContext();
  server = await startTestHttp(ctx);
  site = await createTestSite(ctx, { preset: "open" });
  token = await createTestToken(ctx, { kind: "site", site, scopes: ["webhooks:manage"] });
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await ctx[Symbol.asyncDispose]();
});

const bodySchema = z.looseObject({ id: z.string().optional(), secret: z.string().optional() });

async function call(method: string, path: string, options: { json?: unknown; as?: string } = {}) {
  const { json, as = token } = options;
  const init = { method, token: as, ...(json === undefined ? {} : { json }) };
  const response = await server.fetch(`/v1/sites/paper${path}`, init);
  const text = await response.text();
  answered += text;
  const body = bodySchema.parse(text === "" ? {} : JSON.parse(text));
  return { status: response.status, headers: response.headers, body, id: body.id ?? "" };
}

const ROUTES = [
  ["GET", "/endpoints"],
  ["POST", "/endpoints", { url: PUBLIC_URL }],
  ["GET", `/endpoints/${NOBODY}`],
  ["PATCH", `/endpoints/${NOBODY}`, { types: [] }],
  ["DELETE", `/endpoints/${NOBODY}`],
  ["POST", `/endpoints/${NOBODY}/rotate-secret`],
  ["POST", `/endpoints/${NOBODY}/enable`],
  ["POST", `/endpoints/${NOBODY}/disable`],
  ["POST", `/endpoints/${NOBODY}/test`],
  ["GET", "/deliveries"],
  ["GET", "/deliveries/1"],
  ["POST", "/deliveries/1/retry"],
  ["GET", "/events"],
  ["GET", `/events/${NOBODY}`],
] as const;

describe("who may call", () => {
  it("only a token with the scope webhooks:manage for this very site", async () => {
    const other = await createTestSite(ctx, { key: "other" });
    const foreign = await createTestToken(ctx, { kind: "site", site: other, scopes: ["webhooks:manage"] });
    const reader = await createTestToken(ctx, { kind: "site", site, scopes: ["comments:read"] });
    for (const [method, path, json] of ROUTES) {
      const as = async (caller: string) => call(method, path, { as: caller, json });
      const nobody = await server.fetch(`/v1/sites/paper${path}`, { method, ...(json && { json }) });
      expect([nobody.status, nobody.headers.get("www-authenticate")], path).toEqual([
        401,
        'Bearer realm="parley"',
      ]);
      expect((await as("pa_site_nonsense")).status, path).toBe(401);
      expect(await as(reader), path).toMatchObject({ status: 403, body: { reason: "scope_missing" } });
      expect(await as(foreign), path).toMatchObject({ status: 404, body: { reason: "site_not_found" } });
    }
    const everywhere = await createTestToken(ctx, { kind: "admin" });
    expect((await call("GET", "/endpoints", { as: everywhere })).status).toBe(200);
    const missing = await server.fetch("/v1/sites/nowhere/endpoints", { token: everywhere });
    expect(missing.status).toBe(404);
  });
});

describe("an endpoint", () => {
  it("is made, seen, changed and removed, and tells its secret once", async () => {
    const created = await call("POST", "/endpoints", {
      json: { url: PUBLIC_URL, description: " the newsroom ", types: ["comment.held", "comment.held"] },
    });
    const { secret, ...endpoint } = created.body;
    expect(created.status).toBe(201);
    expect(created.headers.get("location")).toBe(`http://parley.test/v1/sites/paper/endpoints/${created.id}`);
    expect(created.headers.get("cache-control")).toBe("no-store");
    expect(secret).toMatch(/^whsec_.{44}$/);
    expect(endpoint).toMatchObject({
      url: PUBLIC_URL,
      description: "the newsroom",
      types: ["comment.held"],
      enabled: true,
    });
    const path = `/endpoints/${created.id}`;
    expect((await call("GET", path)).body).toEqual(endpoint);
    expect((await call("GET", "/endpoints")).body).toEqual({ endpoints: [endpoint] });
    expect((await call("PATCH", path, { json: { types: [] } })).body).toMatchObject({
      description: "the newsroom",
      types: [],
    });
    const rotated = await call("POST", `${path}/rotate-secret`);
    expect(rotated.status).toBe(200);
    expect(rotated.body.secret).not.toBe(secret);
    expect((await call("POST", `${path}/disable`)).body).toMatchObject({
      enabled: false,
      disabledReason: "manual",
    });
    expect(await call("POST", `${path}/test`)).toMatchObject({
      status: 409,
      body: { reason: "endpoint_disabled" },
    });
    expect((await call("POST", `${path}/enable`)).body).toMatchObject({ enabled: true });
    expect((await call("DELETE", path)).status).toBe(204);
    expect(await call("DELETE", path)).toMatchObject({
      status: 404,
      body: { reason: "endpoint_not_found" },
    });
    expect(answered.split(secret ?? "").length).toBe(2);
    expect(answered.split(rotated.body.secret ?? "").length).toBe(2);
  });

  it("is told of a comment, and every step of that can be looked up and repeated", async () => {
    await using receiver = await startReceiver({
      respond: [{ status: 500, body: "later" }, { status: 200 }],
    });
    const since = new Date().toISOString();
    const { id: endpointId, body } = await call("POST", "/endpoints", {
      json: { url: receiver.origin, types: ["comment.published"] },
    });
    const comment = await submitTestComment(ctx, site, {
      email: "secret@person.example",
      ip: "198.51.100.77",
    });
    await ctx.processAll();
    const listed = await call("GET", `/deliveries?endpoint=${endpointId}`);
    const { deliveries } = z
      .object({
        deliveries: z.array(z.looseObject({ id: z.string(), event: z.looseObject({ id: z.string() }) })),
      })
      .parse(listed.body);
    const [delivery, ...others] = deliveries;
    expect(others).toEqual([]);
    expect(delivery).toMatchObject({
      status: "pending",
      attempts: 1,
      lastError: "http_status",
      lastStatusCode: 500,
      endpointId,
      event: { type: "comment.published", commentId: comment.id },
    });

    expect((await call("POST", `/deliveries/${delivery?.id}/retry`)).status).toBe(202);
    const requests = await receiver.waitFor(2);
    for (const request of requests) {
      expect(request.headers["webhook-id"]).toBe(delivery?.event.id);
      const payload = new Webhook(body.secret ?? "").verify(request.body, headersOf(request));
      expect(payload).toMatchObject({ type: "comment.published", data: { comment: { id: comment.id } } });
      answered += request.body.toString();
    }
    await expect
      .poll(async () => (await call("GET", `/deliveries/${delivery?.id}`)).body, { timeout: 10_000 })
      .toMatchObject({
        status: "delivered",
        nextAttemptAt: null,
        attemptLog: [
          { number: 2, outcome: "delivered", statusCode: 200 },
          { number: 1, outcome: "failed", statusCode: 500, responseExcerpt: "later" },
        ],
      });

    const events = await call("GET", `/events?since=${since}&sort=oldest`);
    expect(events.body).toMatchObject({
      events: [
        { type: "comment.submitted", commentId: comment.id },
        { id: delivery?.event.id, type: "comment.published", commentId: comment.id },
      ],
      next: null,
    });
    const event = await call("GET", `/events/${delivery?.event.id}`);
    expect(event.body["payload"]).toEqual(JSON.parse(requests[0]?.body.toString() ?? ""));
    for (const personal of ["secret@person.example", "person.example", "198.51.100.77"]) {
      expect(answered).not.toContain(personal);
    }
  });
});

describe("what is refused", () => {
  it.each([
    [{}, "url"],
    [{ url: "http://10.0.0.1/" }, "url"],
    [{ url: PUBLIC_URL, types: ["comment.liked"] }, "types.0"],
    [{ url: PUBLIC_URL, description: "x".repeat(301) }, "description"],
    [{ url: PUBLIC_URL, description: "a\u0000b" }, "description"],
    [{ url: PUBLIC_URL, secret: "password" }, "secret"],
    [{ url: PUBLIC_URL, enabled: false }, ""],
  ])("%j, at %j", async (json, path) => {
    const answer = await call("POST", "/endpoints", { json });
    expect(answer).toMatchObject({ status: 422, body: { code: "invalid_input", errors: [{ path }] } });
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
  });

  it("a change without content, ids that are none, and filters out of range", async () => {
    const { id } = await call("POST", "/endpoints", { json: { url: PUBLIC_URL } });
    const refused = [
      ["PATCH", `/endpoints/${id}`, 422],
      ["GET", "/endpoints/1", 404],
      ["GET", "/deliveries/99999999999999999999", 404],
      ["GET", `/deliveries/${id}`, 404],
      ["GET", "/events/%00", 404],
      ["GET", "/deliveries?limit=101", 422],
      ["GET", "/deliveries?status=lost", 422],
      ["GET", "/deliveries?cursor=AAAA", 422],
      ["GET", "/events?since=yesterday", 422],
      ["GET", "/events?type=comment.liked", 422],
    ] as const;
    for (const [method, path, status] of refused) {
      const json = method === "PATCH" ? {} : undefined;
      expect(await call(method, path, { json }), path).toMatchObject({ status });
    }
    expect((await call("DELETE", `/endpoints/${id}`)).status).toBe(204);
  });
});

describe("the description of the API", () => {
  it("has every route", async () => {
    const response = await server.fetch("/openapi.json");
    const { paths } = z
      .object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })
      .parse(await response.json());
    for (const [method, path] of ROUTES) {
      const pattern = `/v1/sites/{site}${path}`
        .replace(NOBODY, "{id}")
        .replace("/deliveries/1", "/deliveries/{id}");
      expect(paths[pattern], pattern).toHaveProperty(method.toLowerCase());
    }
  });
});
