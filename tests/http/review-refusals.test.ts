import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createApp } from "../../src/http/app.ts";
import { newId } from "../../src/ids.ts";
import type { Site } from "../../src/sites/site.ts";
import { openTestContext, type TestContext } from "../support/context.ts";
import { createTestSite, createTestToken } from "../support/fixtures.ts";
import { checkedComment } from "../moderation/review-support.ts";
import { createSend, decisionUrl, type Send } from "./review-support.ts";

let ctx: TestContext;
let site: Site;
let send: Send;

beforeAll(async () => {
  ctx = await openTestContext();
  site = await createTestSite(ctx);
  send = createSend(createApp(ctx), await createTestToken(ctx, { kind: "mod", site }));
});
afterAll(() => ctx[Symbol.asyncDispose]());

const one = (extra: object) => ({ version: 1, action: "publish", ...extra });
const many = (...decisions: object[]) => ({ decisions });

describe("what is refused", () => {
  const id = newId();

  test.each([
    ["reject without a reason", decisionUrl(id), one({ action: "reject" }), "reason"],
    ["publish for an insult", decisionUrl(id), one({ reason: "insult" }), "reason"],
    ["reject as approved", decisionUrl(id), one({ action: "reject", reason: "approved" }), "reason"],
    ["a rule's reason", decisionUrl(id), one({ action: "reject", reason: "flood" }), "reason"],
    ["an unknown action", decisionUrl(id), one({ action: "delete" }), "action"],
    ["no version", decisionUrl(id), { action: "publish" }, "version"],
    ["a version out of range", decisionUrl(id), one({ version: 2 ** 31 }), "version"],
    ["a long note", decisionUrl(id), one({ note: "x".repeat(2_001) }), "note"],
    ["an unknown field", decisionUrl(id), one({ reasons: "spam" }), ""],
    ["none", "/v1/review/decisions", many(), "decisions"],
    [
      "101",
      "/v1/review/decisions",
      many(...Array.from({ length: 101 }, () => one({ commentId: newId() }))),
      "decisions",
    ],
    [
      "one twice",
      "/v1/review/decisions",
      many(one({ commentId: id }), one({ commentId: id.toUpperCase() })),
      "decisions.1.commentId",
    ],
    ["no id", "/v1/review/decisions", many(one({ commentId: "42" })), "decisions.0.commentId"],
    [
      "one without a reason",
      "/v1/review/decisions",
      many(one({ commentId: id, action: "reject" })),
      "decisions.0.reason",
    ],
    ["no status", "/v1/review/authors/1/status", {}, "status"],
    [
      "trust and reject",
      "/v1/review/authors/1/status",
      { status: "trusted", comments: "reject_all" },
      "comments",
    ],
  ])("%s", async (_what, path, json, field) => {
    const { status, body } = await send("POST", path, { json });
    expect(status).toBe(422);
    expect(body.errors.map((error) => error.path)).toContain(field);
  });

  test.each([
    ["status=hold", "status.0"],
    ["q=a", "q"],
    [`q=${"a".repeat(101)}`, "q"],
    ["q=%00%00%00", "q"],
    ["olderThan=yesterday", "olderThan"],
    ["newerThan=2026-13-01", "newerThan"],
    ["limit=101", "limit"],
    ["sort=priority&status=spam", "sort"],
    ["cursor=AAAA", "cursor"],
    ["site=NO%00", "site"],
    ["colour=red", ""],
  ])("GET ?%s", async (query, field) => {
    const { status, body } = await send("GET", `/v1/review/comments?${query}`);
    expect(status).toBe(422);
    expect(body.errors.map((error) => error.path)).toContain(field);
  });

  test("odd characters and ids do no harm", async () => {
    const comment = await checkedComment(ctx, site);
    const json = { version: 2, action: "reject", reason: "other", note: "a\u0000b \ud800" };
    expect((await send("POST", decisionUrl(comment), { json })).status).toBe(200);
    for (const query of [
      "thread=%00x",
      "thread=https://user:x@paper.example/",
      "rule=%00%00",
      "author=1%20or%201",
      "q=%25_%5C",
    ]) {
      expect((await send("GET", `/v1/review/comments?${query}`)).status).toBeLessThan(500);
    }
    for (const path of ["comments/42", "authors/abc", "authors/99999999999999999999"]) {
      expect((await send("GET", `/v1/review/${path}`)).status).toBe(404);
    }
    expect((await send("POST", "/v1/review/decisions/x/undo", { json: {} })).status).toBe(404);
  });
});
