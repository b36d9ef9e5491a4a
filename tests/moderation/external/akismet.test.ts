import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Site } from "../../../src/sites/site.ts";
import type { TestContext } from "../../support/context.ts";
import { createTestSite } from "../../support/fixtures.ts";
import { type Receiver, type Reply, startReceiver } from "../../support/receiver.ts";
import { ask, formOf, openExternalContext, setUp } from "./support.ts";

/** Akismet's side: `verify-key` is always content, `comment-check` answers as told. */
function akismet(verdict: Reply) {
  return ({ url }: { url: string }): Reply =>
    url.endsWith("/1.1/verify-key") ? { status: 200, body: "valid" } : verdict;
}

describe("akismet", () => {
  let ctx: TestContext;
  let site: Site;
  let server: Receiver;
  beforeAll(async () => {
    ctx = await openExternalContext();
    site = await createTestSite(ctx);
    server = await startReceiver();
    await setUp(ctx, site, "akismet", {
      secret: "abcdef123456",
      deadlineMs: 500,
      settings: { blog: "https://paper.example/", endpoint: server.origin },
    });
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    await ctx?.[Symbol.asyncDispose]();
  });

  it("sends the comment as a form, with a key that was verified first, and no address", async () => {
    server.setRespond(akismet({ status: 200, body: "true" }));
    const asked = await ask(ctx, site, "akismet", {
      body: "Купити дешево & швидко",
      name: "akismet-guaranteed-spam",
      email: "shop@shop.example",
      website: "https://shop.example/",
    });
    expect(asked.facts).toEqual({ "akismet.spam": true, "akismet.discard": false });
    const [verify, check] = server.requests;
    expect(formOf(verify?.body ?? Buffer.of())).toEqual({
      api_key: "abcdef123456",
      blog: "https://paper.example",
      key: "abcdef123456",
    });
    expect(check).toMatchObject({ method: "POST", url: "/1.1/comment-check" });
    expect(check?.headers["content-type"]).toMatch("application/x-www-form-urlencoded");
    expect(formOf(check?.body ?? Buffer.of())).toEqual({
      api_key: "abcdef123456",
      blog: "https://paper.example",
      user_ip: "0.0.0.0",
      comment_type: "comment",
      comment_author: "akismet-guaranteed-spam",
      comment_author_email: "shop@shop.example",
      comment_author_url: "https://shop.example/",
      comment_content: "Купити дешево & швидко",
      comment_date_gmt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      permalink: "https://paper.example",
      blog_lang: "en",
      blog_charset: "UTF-8",
    });
  });

  it.each<[string, Reply, Record<string, unknown>]>([
    ["ham", { status: 200, body: "false\n" }, { "akismet.spam": false, "akismet.discard": false }],
    [
      "blatant spam",
      { status: 200, body: "true", headers: { "X-akismet-pro-tip": "discard" } },
      { "akismet.spam": true, "akismet.discard": true },
    ],
    [
      "a tip that is none for ham",
      { status: 200, body: "false", headers: { "X-akismet-pro-tip": "discard" } },
      { "akismet.spam": false, "akismet.discard": false },
    ],
  ])("reads %s", async (_, reply, facts) => {
    server.setRespond(akismet(reply));
    expect(await ask(ctx, site, "akismet")).toMatchObject({ facts, failure: null });
  });

  it.each<[string, Reply, string]>([
    ["invalid", { status: 200, body: "invalid", headers: { "X-akismet-debug-help": "no" } }, "refused"],
    [
      "an error beside a verdict",
      { status: 200, body: "false", headers: { "X-akismet-error": "10009" } },
      "refused",
    ],
    ["something else", { status: 200, body: "TRUE, or so" }, "unreadable"],
    ["nothing", { status: 200, body: "" }, "unreadable"],
    ["a page", { status: 200, body: "<html>true</html>" }, "unreadable"],
    ["500", { status: 500, body: "true" }, "http_status"],
    ["a redirect", { status: 302, headers: { location: "/elsewhere" } }, "redirect"],
    ["compressed bytes", { status: 200, body: "true", headers: { "content-encoding": "gzip" } }, "protocol"],
    ["a cut answer", { fault: "cut_body" }, "connection"],
    ["a reset", { fault: "reset" }, "connection"],
    ["no HTTP", { fault: "garbage" }, "protocol"],
    ["an endless body", { fault: "huge_body" }, "too_large"],
    ["silence", { fault: "hang" }, "deadline"],
    ["one byte now and then", { fault: "drip_body" }, "deadline"],
    ["endless headers", { fault: "slow_headers" }, "deadline"],
  ])("takes %s for no verdict", async (_, reply, failure) => {
    server.setRespond(akismet(reply));
    expect(await ask(ctx, site, "akismet")).toMatchObject({ facts: {}, failure });
  });

  it("says so when the key is not known", async () => {
    server.setRespond({
      status: 200,
      body: "invalid",
      headers: { "X-akismet-debug-help": "We know no key" },
    });
    const { tried } = await ask(ctx, site, "akismet");
    expect(tried).toMatchObject({ ok: false, failure: { reason: "refused", detail: "We know no key" } });
  });

  it("keeps the address to itself where the site wants that", async () => {
    server.setRespond(akismet({ status: 200, body: "false" }));
    await setUp(ctx, site, "akismet", {
      settings: { blog: "https://paper.example/", endpoint: server.origin, sendEmail: false, isTest: true },
    });
    await ask(ctx, site, "akismet", { email: "someone@readers.example" });
    const form = server.requests.at(-1)?.body.toString() ?? "";
    expect(form).not.toContain("readers.example");
    expect(form).toContain("is_test=1");
  });
});
