import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Site } from "../../src/sites/site.ts";
import { BACKENDS } from "../support/backends.ts";
import { openTestContext, type TestContext } from "../support/context.ts";
import { cleanBody, createTestSite, createTestToken, submitTestComment } from "../support/fixtures.ts";
import { startTestHttp, type TestServer } from "../support/http.ts";

const policy = (mode: "live" | "shadow") => `version: 1
name: House
rules:
  - { id: linked, description: Has a link, when: links.count > 0, then: hold, reason: links, mode: ${mode} }
otherwise: publish
`;

describe.each(BACKENDS)("a policy on its way (queue on %s)", (backend) => {
  let ctx: TestContext;
  let server: TestServer;
  let site: Site;
  let token: string;
  let comments = 0;

  beforeAll(async () => {
    ctx = await openTestContext({ backend });
    server = await startTestHttp(ctx);
    site = await createTestSite(ctx, { policy: policy("shadow") });
    token = await createTestToken(ctx, { name: "Ada", site });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await ctx[Symbol.asyncDispose]();
  });

  async function send(method: string, path: string, json?: unknown) {
    const response = await server.fetch(path, { method, token, ...(json === undefined ? {} : { json }) });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  /** What became of a comment with a link, by the queue's way. */
  async function fate() {
    comments += 1;
    const body = `${cleanBody(comments)} https://elsewhere.example/${comments}`;
    const { id } = await submitTestComment(ctx, site, { body, name: `Reader ${comments}` });
    await ctx.processAll();
    const { body: review } = await send("GET", `/v1/review/comments/${id}`);
    return review as { status: string };
  }

  it("is only watched while in shadow: the rule matches and decides nothing", async () => {
    const seen = await fate();
    expect(seen.status).toBe("published");
    expect(JSON.stringify(seen)).toContain('"linked"');
  });

  it("decides once its draft is promoted", async () => {
    const saved = await send("PUT", `/v1/sites/${site.key}/policy/draft`, { source: policy("live") });
    expect((await fate()).status).toBe("published");
    const { revision } = saved.body;
    const promoted = await send("POST", `/v1/sites/${site.key}/policy/draft/promote`, { revision });
    expect(promoted).toMatchObject({ status: 200, body: { version: 2 } });
    expect((await fate()).status).toBe("held");
  });

  it("is as it was after a rollback, for the very next comment", async () => {
    const back = await send("POST", `/v1/sites/${site.key}/policy/rollback`, { version: 1 });
    expect(back).toMatchObject({ status: 200, body: { version: 3, changed: true } });
    expect((await fate()).status).toBe("published");
  });
});
