import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestContext, type TestContext } from "../support/context.ts";
import { createTestSite } from "../support/fixtures.ts";
import { startTestHttp, type TestServer } from "../support/http.ts";

describe("the way back to the article", () => {
  let ctx: TestContext;
  let server: TestServer;
  let n = 0;

  beforeAll(async () => {
    ctx = await openTestContext();
    await createTestSite(ctx);
    server = await startTestHttp(ctx);
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await ctx[Symbol.asyncDispose]();
  });

  async function post(article: { url?: string; referer?: string }): Promise<string> {
    n += 1;
    const response = await server.fetch("/v1/sites/paper/comments", {
      method: "POST",
      headers: { Accept: "text/html", ...(article.referer && { Referer: article.referer }) },
      body: new URLSearchParams({
        name: "Olena",
        email: "olena@readers.example",
        body: `A calm sentence with the number ${n}.`,
        ...(article.url && { url: article.url }),
      }),
    });
    expect(response.status).toBe(303);
    return response.headers.get("location") ?? "";
  }

  it.each([
    ["?2026-prisoners&q=a%20b", "?2026-prisoners&q=a%20b&"],
    ["?q=a+b&x=(1)*'~", "?q=a+b&x=(1)*%27~&"],
    ["?replyto=7&p=5&unapproved=old&moderation-hash=old&notice=edited#respond", "?p=5&"],
    ["?unapprovedness=1", "?unapprovedness=1&"],
    ["", "?"],
  ])("leaves the article's own query as it is: %s", async (given, kept) => {
    const location = await post({ url: `https://paper.example/a${given}` });
    const start = `https://paper.example/a${kept}unapproved=`;
    expect(location.slice(0, start.length)).toBe(start);
    expect(location).toMatch(/unapproved=([\da-f-]{36})&moderation-hash=[\w-]+#comment-\1$/);
  });

  it("leads to the page of the article from which the next comment is sent, not to another article", async () => {
    const back = await post({ url: "https://paper.example/once?p=1" });
    await post({ referer: `${back.split("#")[0]}&notice=edited` });
    const threads = await ctx.db.kysely
      .selectFrom("threads")
      .select("key")
      .where("key", "like", "%/once%")
      .execute();
    expect(threads).toEqual([{ key: "https://paper.example/once?p=1" }]);
  });
});
