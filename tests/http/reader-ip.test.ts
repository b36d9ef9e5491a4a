import { Hono } from "hono";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AppError } from "../../src/errors.ts";
import type { HttpEnv } from "../../src/http/env.ts";
import { readerIp } from "../../src/http/reader-ip.ts";
import type { Site } from "../../src/sites/site.ts";
import { openTestContext, type TestContext } from "../support/context.ts";
import { createTestSite, createTestToken } from "../support/fixtures.ts";

const CONNECTION = "198.51.100.7";

let ctx: TestContext;
let site: Site;
let token: string;

beforeAll(async () => {
  ctx = await openTestContext();
  site = await createTestSite(ctx);
  token = await createTestToken(ctx, { kind: "site", site, scopes: ["comments:submit"] });
});
afterAll(async () => await ctx[Symbol.asyncDispose]());

/** The address, or the code of the refusal. */
async function ask(headers: Record<string, string>): Promise<string> {
  const app = new Hono<HttpEnv>();
  app.onError((error, c) => c.text(error instanceof AppError ? error.code : String(error)));
  app.get("/", async (c) => c.text(await readerIp(ctx, c, site, CONNECTION)));
  return (await app.request("/", { headers })).text();
}

test("a server whose token may do so names its reader's address", async () => {
  const headers = { Authorization: `Bearer ${token}` };
  expect(await ask({ ...headers, "X-Reader-IP": "203.0.113.9" })).toBe("203.0.113.9");
  expect(await ask({ ...headers, "X-Reader-IP": " ::ffff:203.0.113.9 " })).toBe("203.0.113.9");
  expect(await ask(headers)).toBe(CONNECTION);
  expect(await ask({})).toBe(CONNECTION);
});

test("anyone else who names one is refused rather than passed over", async () => {
  const named = { "X-Reader-IP": "203.0.113.9" };
  expect(await ask(named)).toBe("not_authenticated");
  expect(await ask({ ...named, Authorization: "Bearer pa_site_nonsense" })).toBe("not_authenticated");
  const other = await createTestSite(ctx, { key: "other" });
  const wrong = [
    await createTestToken(ctx, { kind: "site", site, scopes: ["threads:write"] }),
    await createTestToken(ctx, { kind: "site", site: other }),
    await createTestToken(ctx, { kind: "mod", site }),
  ];
  for (const each of wrong)
    expect(await ask({ ...named, Authorization: `Bearer ${each}` })).toBe("forbidden");
  for (const ip of ["", "localhost", "1.2.3", "203.0.113.9, 203.0.113.10", "203.0.113.0/24"]) {
    expect(await ask({ "X-Reader-IP": ip, Authorization: `Bearer ${token}` }), ip).toBe("invalid_input");
  }
});
