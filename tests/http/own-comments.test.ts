import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestContext, type TestContext } from "../support/context.ts";
import { createTestSite, submitTestComment } from "../support/fixtures.ts";
import { startTestHttp, type TestServer } from "../support/http.ts";

describe("the forms of one's own comment", () => {
  let ctx: TestContext;
  let server: TestServer;
  let id: string;

  beforeAll(async () => {
    ctx = await openTestContext();
    const site = await createTestSite(ctx);
    ({ id } = await submitTestComment(ctx, site));
    server = await startTestHttp(ctx);
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await ctx[Symbol.asyncDispose]();
  });

  it.each(["edit", "delete"])("refuse a broken multipart body: %s", async (action) => {
    const response = await server.fetch(`/v1/sites/paper/comments/${id}/${action}`, {
      method: "POST",
      headers: { "Content-Type": "multipart/form-data; boundary=x" },
      body: "--y\r\n",
    });
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ code: "invalid_input", reason: "malformed" });
  });
});
