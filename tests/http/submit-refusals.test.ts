import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openTestContext, type TestContext } from "../support/context.ts";
import { ARTICLE_URL, createTestSite } from "../support/fixtures.ts";
import { startTestHttp, type TestServer } from "../support/http.ts";

describe("refusals before a comment is looked at", () => {
  let ctx: TestContext;
  let server: TestServer;
  let n = 0;

  beforeAll(async () => {
    ctx = await openTestContext();
    await createTestSite(ctx);
    await createTestSite(ctx, { key: "slow", settings: { limits: { perAuthorPerTenMinutes: 1 } } });
    server = await startTestHttp(ctx);
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await ctx[Symbol.asyncDispose]();
  });

  const fresh = (email?: string) => {
    n += 1;
    return {
      name: "Olena",
      email: email ?? `r${n}@readers.example`,
      body: `A calm sentence with the number ${n}.`,
      url: ARTICLE_URL,
    };
  };

  it.each([
    ["JSON", "application/json"],
    ["a form", "text/html"],
  ])("tell which limit is used up and when it is not any more: %s", async (kind, accept) => {
    const email = `${accept.length}@readers.example`;
    const post = () => {
      const fields = fresh(email);
      const sent = kind === "JSON" ? { json: fields } : { body: new URLSearchParams(fields) };
      return server.fetch("/v1/sites/slow/comments", {
        method: "POST",
        headers: { Accept: accept },
        ...sent,
      });
    };
    await post();
    const refused = await post();
    expect(refused.status).toBe(429);
    const wait = refused.headers.get("retry-after");
    expect(refused.headers.get("ratelimit-policy")).toBe('"author";q=1;w=600');
    expect(refused.headers.get("ratelimit")).toBe(`"author";r=0;t=${wait}`);
    expect(refused.headers.get("content-type")).toContain(kind === "JSON" ? "problem+json" : "text/html");
  });

  it.each([
    ["a sandboxed frame of a stranger's page", "cross-site", 403],
    ["a page of the same site that hides its origin", "same-site", 202],
    ["a browser that tells nothing of it", undefined, 202],
  ])("know by Sec-Fetch-Site who hides behind `Origin: null`: %s", async (_, fetchSite, status) => {
    const response = await server.fetch("/v1/sites/paper/comments", {
      method: "POST",
      json: fresh(),
      headers: { Origin: "null", ...(fetchSite && { "Sec-Fetch-Site": fetchSite }) },
    });
    expect(response.status).toBe(status);
    if (status === 403) expect(await response.json()).toMatchObject({ reason: "origin_not_allowed" });
  });

  it("look for no site whose key cannot be one", async () => {
    const lookUps = vi.spyOn(ctx.caches.sites, "fetch");
    for (const key of ["%20x", "a'b", "x".repeat(500)]) {
      const response = await server.fetch(`/v1/sites/${key}/comments`, {
        headers: { Origin: "https://paper.example" },
      });
      expect(response.status).toBe(404);
    }
    expect(lookUps).not.toHaveBeenCalled();
    lookUps.mockRestore();
  });

  it("are spared a browser that asks for an icon", async () => {
    const response = await server.fetch("/favicon.ico");
    expect(response.status).toBe(204);
    expect(response.headers.get("cache-control")).toBe("public, max-age=604800");
  });
});
