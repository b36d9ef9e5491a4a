import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createApp } from "../../src/http/app.ts";
import { newId } from "../../src/ids.ts";
import type { Site } from "../../src/sites/site.ts";
import { openTestContext, type TestContext } from "../support/context.ts";
import { createTestSite, createTestToken, submitTestComment } from "../support/fixtures.ts";
import { createSend, decisionUrl, type Send } from "./review-support.ts";
import { checkedComment, commentState, decisionCount } from "../moderation/review-support.ts";

let ctx: TestContext;
let send: Send;
let site: Site;

beforeAll(async () => {
  ctx = await openTestContext();
  site = await createTestSite(ctx);
  send = createSend(createApp(ctx), await createTestToken(ctx, { kind: "mod", name: "Olena", site }));
});
afterAll(() => ctx[Symbol.asyncDispose]());

/** Right for each of the routes that take one. */
const bodyOf = (path: string) => {
  if (path.endsWith("/undo")) return {};
  if (path.endsWith("/status")) return { status: "banned" };
  if (path.endsWith("/decision")) return { version: 1, action: "publish" };
  return { decisions: [{ commentId: newId(), version: 1, action: "publish" }] };
};

describe("who may", () => {
  const ROUTES = [
    ["GET", "/v1/review/comments", "comments:read"],
    ["GET", `/v1/review/comments/${newId()}`, "comments:read"],
    ["POST", decisionUrl(newId()), "comments:moderate"],
    ["POST", "/v1/review/decisions", "comments:moderate"],
    ["POST", `/v1/review/decisions/${newId()}/undo`, "comments:moderate"],
    ["GET", "/v1/review/authors/1", "comments:read"],
    ["POST", "/v1/review/authors/1/status", "authors:manage"],
    ["GET", "/v1/review/reasons", null],
  ] as const;

  test.each(ROUTES)("%s %s needs a token and its scope", async (method, path, scope) => {
    const json = method === "POST" ? bodyOf(path) : undefined;
    for (const wrong of [null, "pa_mod_nonsense", "Zm9v"]) {
      const { status, headers, body } = await send(method, path, { token: wrong, json });
      expect(status).toBe(401);
      expect(headers.get("www-authenticate")).toMatch(/^Bearer/);
      expect(body).toMatchObject({ code: "not_authenticated" });
    }
    if (scope === null) return;
    const others = (["comments:read", "comments:moderate", "authors:manage"] as const).filter(
      (one) => one !== scope,
    );
    const lacking = await createTestToken(ctx, { kind: "mod", site, scopes: [...others] });
    expect(await send(method, path, { token: lacking, json })).toMatchObject({
      status: 403,
      body: { reason: "scope_missing", scope },
    });
    const holding = await createTestToken(ctx, { kind: "mod", site, scopes: [scope] });
    expect((await send(method, path, { token: holding, json })).status).not.toBe(403);
  });

  test("another site's comments and decisions are not found, whatever is asked", async () => {
    const other = await createTestSite(ctx, { key: "other" });
    const theirs = await checkedComment(ctx, other, {}, { email: "secret@readers.example" });
    const { author_id: author } = await commentState(ctx, theirs);
    const admin = await createTestToken(ctx);
    const review = await send("GET", `/v1/review/comments/${theirs}`, { token: admin });
    expect(review).toMatchObject({
      status: 200,
      body: { site: "other", author: { email: "secret@readers.example" } },
    });
    const [decision] = review.body.decisions;

    const verdict = { version: 2, action: "publish" };
    const answers = [
      await send("GET", `/v1/review/comments/${theirs}`),
      await send("POST", decisionUrl(theirs), { json: verdict }),
      await send("POST", `/v1/review/decisions/${decision?.id}/undo`, { json: {} }),
      await send("GET", `/v1/review/authors/${author}`),
      await send("POST", `/v1/review/authors/${author}/status`, { json: { status: "banned" } }),
      await send("GET", "/v1/review/comments?site=other"),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404, 404]);
    const bulk = await send("POST", "/v1/review/decisions", {
      json: { decisions: [{ ...verdict, commentId: theirs }] },
    });
    expect(bulk.body).toEqual({ results: [{ commentId: theirs, outcome: "not_found" }] });
    expect(await decisionCount(ctx, theirs)).toBe(1);
  });
});

test("from submission to decision, by way of the queue", async () => {
  // Of its own: the other tests decide in place of the workers.
  await using own = await openTestContext();
  const paper = await createTestSite(own, { preset: "strict" });
  const send = createSend(createApp(own), await createTestToken(own, { kind: "mod", site: paper }));
  const { id } = await submitTestComment(own, paper);
  await own.processAll();
  const queue = await send("GET", "/v1/review/comments?site=paper&limit=100");
  expect(queue.status).toBe(200);
  expect(queue.headers.get("cache-control")).toBe("no-store");
  const found = queue.body.comments.find((one) => one.id === id);
  expect(found).toMatchObject({ status: "held", version: 2, decidedBy: { kind: "policy" } });
  expect(found?.explanation).toMatch(/^Held because /);

  const review = await send("GET", `/v1/review/comments/${id}`);
  expect(review.body.check.trace.length).toBeGreaterThan(0);
  const json = { version: found?.version, action: "publish" };
  const decided = await send("POST", decisionUrl(id), { json });
  expect(decided).toMatchObject({
    status: 200,
    body: { outcome: "decided", status: "published", version: 3 },
  });
  expect(await send("POST", decisionUrl(id), { json })).toMatchObject({
    status: 200,
    body: { ...decided.body, outcome: "repeated" },
  });
  const undone = await send("POST", `/v1/review/decisions/${decided.body.decisionId}/undo`);
  expect(undone).toMatchObject({ status: 200, body: { status: "held", version: 4 } });
});

test("answers tell neither hashes nor addresses", async () => {
  const id = await checkedComment(ctx, site, {}, { ip: "198.51.100.77" });
  const source = await ctx.db.kysely
    .selectFrom("comment_sources")
    .selectAll()
    .where("comment_id", "=", id)
    .executeTakeFirst();
  const { author_id: authorId } = await commentState(ctx, id);
  const author = await ctx.db.kysely
    .selectFrom("authors")
    .selectAll()
    .where("id", "=", authorId)
    .executeTakeFirst();
  const hashes = [source?.ip_hash, source?.network_hash, author?.email_hash, author?.email_sealed];
  const reader = await createTestToken(ctx, { kind: "mod", site, scopes: ["comments:read"] });
  for (const path of ["comments", `comments/${id}`, `authors/${authorId}`]) {
    const { status, body } = await send("GET", `/v1/review/${path}`, { token: reader });
    const text = JSON.stringify(body);
    expect(status).toBe(200);
    expect(text).not.toMatch(/198\.51\.100|@readers\.example|"(hash|sealed|ip)"/i);
    for (const hash of hashes) {
      expect(text).not.toContain(hash?.toString("hex"));
      expect(text).not.toContain(hash?.toString("base64").slice(0, 12));
      expect(text).not.toContain(JSON.stringify(hash));
    }
  }
});

test("a late decision is a 409 that tells what happened", async () => {
  const id = await checkedComment(ctx, site);
  const marko = await createTestToken(ctx, { kind: "mod", name: "Marko", site });
  await send("POST", decisionUrl(id), {
    token: marko,
    json: { version: 2, action: "reject", reason: "hate" },
  });
  const late = await send("POST", decisionUrl(id), { json: { version: 2, action: "publish" } });
  expect(late.status).toBe(409);
  expect(late.headers.get("content-type")).toBe("application/problem+json");
  expect(late.body).toMatchObject({
    code: "conflict",
    reason: "comment_changed",
    detail: "The comment has changed: rejected by Marko in the meantime.",
    conflict: {
      by: { kind: "moderator", name: "Marko" },
      action: "reject",
      reason: "hate",
      status: "rejected",
      version: 3,
      at: expect.stringMatching(/^\d{4}-/),
    },
  });
});

test("pages are linked, and end", async () => {
  const paged = await createTestSite(ctx, { key: "paged" });
  for (let count = 0; count < 3; count += 1) await checkedComment(ctx, paged);
  const admin = await createTestToken(ctx);
  const first = await send(
    "GET",
    "/v1/review/comments?site=paged&limit=2&status=held&status=spam&sort=oldest",
    { token: admin },
  );
  expect(first.body.counts).toMatchObject({ held: 3 });
  const link = /^<([^>]+)>; rel="next"$/.exec(first.headers.get("link") ?? "")?.[1];
  const second = await send("GET", link ?? "", { token: admin });
  expect(second.body).toMatchObject({ next: null, counts: null });
  expect(second.headers.get("link")).toBeNull();
  const ids = [...first.body.comments, ...second.body.comments].map(({ id }) => id);
  expect(new Set(ids).size).toBe(3);
});

test("the reasons come with both sentences and what they are for", async () => {
  const { status, body } = await send("GET", "/v1/review/reasons");
  expect(status).toBe(200);
  expect(body.reasons).toContainEqual({
    code: "insult",
    moderator: "it insults someone",
    author: "It insults or belittles someone.",
    actions: ["hold", "reject", "spam"],
  });
  expect(body.reasons[0]).toMatchObject({ code: "approved", actions: ["publish"] });
});

test("every route is described", async () => {
  const { body } = await send("GET", "/openapi.json", { token: null });
  const paths = Object.keys(body.paths).filter((path) => path.startsWith("/v1/review/"));
  expect(paths.toSorted()).toEqual([
    "/v1/review/authors/{id}",
    "/v1/review/authors/{id}/status",
    "/v1/review/campaigns",
    "/v1/review/campaigns/{id}",
    "/v1/review/campaigns/{id}/close",
    "/v1/review/campaigns/{id}/decision",
    "/v1/review/campaigns/{id}/undo",
    "/v1/review/comments",
    "/v1/review/comments/{id}",
    "/v1/review/comments/{id}/audit",
    "/v1/review/comments/{id}/decision",
    "/v1/review/decisions",
    "/v1/review/decisions/{id}/undo",
    "/v1/review/reasons",
  ]);
  const parameters = body.paths["/v1/review/comments"]?.get.parameters ?? [];
  const status = parameters.find(({ name }) => name === "status");
  expect(status?.schema).toMatchObject({
    type: "array",
    items: { enum: expect.arrayContaining(["held"]) },
  });
  expect(parameters.map(({ in: place }) => place)).not.toContain("path");
});
