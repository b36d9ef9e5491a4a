import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { authenticate } from "../src/accounts/authenticate.ts";
import { ensureDemo } from "../src/demo-site.ts";
import { openTestContext, type TestContext } from "./support/context.ts";
import { createTestToken } from "./support/fixtures.ts";

describe("the demonstration's token", () => {
  const stack = new AsyncDisposableStack();
  let ctx: TestContext;
  let dataDir: string;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "parley-demo-"));
    stack.defer(() => rm(dataDir, { recursive: true, force: true }));
    ctx = stack.use(await openTestContext({ env: { DATA_DIR: dataDir } }));
  });
  afterAll(() => stack.disposeAsync());

  it("is the same at every start, and the only one when it was lost", async () => {
    const other = await createTestToken(ctx, { name: "somebody else's" });
    const { token: first } = await ensureDemo(ctx);
    expect((await ensureDemo(ctx)).token).toBe(first);
    await rm(join(dataDir, "demo-token"));
    const { token: second } = await ensureDemo(ctx);
    await expect(authenticate(ctx, first)).rejects.toMatchObject({ code: "not_authenticated" });
    expect(await authenticate(ctx, second)).toMatchObject({ name: "demo moderator" });
    expect(await authenticate(ctx, other)).toMatchObject({ name: "somebody else's" });
  });
});
