import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Site } from "../../src/sites/site.ts";
import { openTestContext, type TestContext } from "../support/context.ts";
import { createTestSite, createTestToken, submitTestComment } from "../support/fixtures.ts";
import { startTestHttp, type TestServer } from "../support/http.ts";
import { startReceiver } from "../support/receiver.ts";
import { headersOf } from "../webhooks/deliver-support.ts";

const PUBLIC_URL = "https://93.184.215.14/hook";
const NOBODY = "00000000-0000-7000-8000-000000000000";

let ctx: TestContext;
let server: TestServer;
let site: Site;
let token: string;

beforeAll(async () => {
  ctx = await openTestContext();
  server = await startTestHttp(ctx);
  site = await createTestSite(ctx);
  token = await createTestToken(ctx, { kind: "site", site, scopes: ["webhooks:manage"] });
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await ctx[Symbol.asyncDispose]();
});

type Answer = { status: number; headers: Headers; body: Record<string, any> };

async function call(method: string, path: string, json?: unknown, as = token): Promise<Answer> {
  const init = { method, token: as, ...(json === undefined ? {} : { json }) };
  const response = await server.fetch(`/v1/sites/paper${path}`, init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : {} };
}
