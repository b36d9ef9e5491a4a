import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Site } from "../../src/sites/site.ts";
import { meadowText, newestModel } from "../moderation/learning/support.ts";
import { BACKENDS } from "../support/backends.ts";
import { openTestContext, type TestContext } from "../support/context.ts";
import { createTestSite, createTestToken, submitTestComment } from "../support/fixtures.ts";
import { startTestHttp, type TestServer } from "../support/http.ts";

const POLICY = `version: 1
name: What the model says
rules:
  - id: model-spam
    description: The model takes it for spam
    when: spam.score > 0.5
    then: spam
    reason: spam
otherwise: hold
`;

/** Of all answers what the tests look into. */
type Json = {
  version: number;
  model: string;
  examples: number;
  excluded: unknown[];
  tasks: { spam: { positive: number; negative: number } };
  versions: {
    version: number;
    cause: string;
    createdBy: string | null;
    restores: number | null;
    base: string;
  }[];
  next: string | null;
  decisionId: string;
  reason: string;
};

describe.each(BACKENDS)("what moderators teach (queue on %s)", (backend) => {
  let ctx: TestContext;
  let server: TestServer;
  let site: Site;
  let admin: string;
  let moderator: string;

  beforeAll(async () => {
    ctx = await openTestContext({ backend });
    server = await startTestHttp(ctx);
    site = await createTestSite(ctx, { policy: POLICY });
    admin = await createTestToken(ctx, { name: "Ada", site, scopes: ["policies:manage"] });
    moderator = await createTestToken(ctx, { kind: "mod", name: "Olena", site });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await ctx[Symbol.asyncDispose]();
  });

  async function send(method: string, path: string, json?: unknown, token = admin) {
    const response = await server.fetch(path, { method, token, ...(json === undefined ? {} : { json }) });
    return { status: response.status, body: (await response.json()) as Json };
  }
  const model = async () => (await send("GET", "/v1/sites/paper/model")).body;

  async function comment(n: number): Promise<string> {
    const { id } = await submitTestComment(ctx, site, { body: meadowText(n), name: "Reader" });
    await ctx.processAll();
    return id;
  }
  async function decide(id: string, action: string, reason?: string): Promise<string> {
    const row = await stateOf(id);
    const json = { version: row.version, action, ...(reason && { reason }) };
    const { status, body } = await send("POST", `/v1/review/comments/${id}/decision`, json, moderator);
    expect(status).toBe(200);
    return body.decisionId;
  }
  const stateOf = (id: string) =>
    ctx.db.kysely
      .selectFrom("comments")
      .select(["status", "version"])
      .where("id", "=", id)
      .executeTakeFirstOrThrow();
  const policyDecision = (id: string) =>
    ctx.db.kysely
      .selectFrom("decisions")
      .select(["to_status", "actor", "model_version"])
      .where("comment_id", "=", id)
      .where("actor_kind", "=", "policy")
      .executeTakeFirstOrThrow();

  const decisions: { id: string; decisionId: string }[] = [];

  it("is learned within seconds: the next comment of the kind is decided by it", async () => {
    const before = await comment(0);
    expect(await policyDecision(before)).toMatchObject({
      to_status: "held",
      model_version: ctx.baseModel?.version,
    });
    for (let n = 1; n <= 12; n += 1) {
      const id = await comment(n);
      decisions.push({ id, decisionId: await decide(id, "spam") });
    }
    const startMs = performance.now();
    await ctx.processAll();
    const after = await comment(20);
    expect(performance.now() - startMs).toBeLessThan(5_000);
    const { version, model: name, examples, tasks } = await model();
    expect({ examples, tasks }).toMatchObject({
      examples: 12,
      tasks: { spam: { positive: 12, negative: 0 } },
    });
    expect(await policyDecision(after)).toEqual({
      to_status: "spam",
      actor: "model-spam",
      model_version: name,
    });
    expect(name).toBe(`${ctx.baseModel?.version}+${version}`);
  });

  it("is unlearned when it is undone", async () => {
    const before = await newestModel(ctx, site);
    const id = await comment(30);
    const decisionId = await decide(id, "reject", "hate");
    await ctx.processAll();
    expect((await newestModel(ctx, site)).layer).not.toBe(before.layer);
    const { status } = await send("POST", `/v1/review/decisions/${decisionId}/undo`, {}, moderator);
    expect(status).toBe(200);
    await ctx.processAll();
    expect((await newestModel(ctx, site)).layer).toBe(before.layer);
  });

  it("goes back to an earlier version and stays there, until new decisions or a rebuild", async () => {
    const good = await newestModel(ctx, site);
    for (const n of [40, 41, 42]) await decide(await comment(n), "publish");
    await ctx.processAll();
    const spoilt = await newestModel(ctx, site);
    expect(spoilt.layer).not.toBe(good.layer);
    const back = await send("POST", "/v1/sites/paper/model/rollback", { version: good.version });
    expect(back).toEqual({ status: 200, body: { version: spoilt.version + 1 } });
    expect(await newestModel(ctx, site)).toEqual({ version: spoilt.version + 1, layer: good.layer });
    expect((await model()).versions[0]).toMatchObject({
      cause: "rolled_back",
      createdBy: "Ada",
      restores: good.version,
    });
    // What was left out stays out, whatever is learned from now on.
    await decide(await comment(43), "reject", "insult");
    await ctx.processAll();
    const { examples, excluded } = await model();
    expect({ examples, excluded: excluded.length }).toEqual({ examples: 13, excluded: 1 });
    const forward = await send("POST", "/v1/sites/paper/model/rollback", { version: spoilt.version });
    expect(forward.status).toBe(200);
    expect((await newestModel(ctx, site)).layer).toBe(spoilt.layer);
    const rebuilt = await send("POST", "/v1/sites/paper/model/rebuild");
    expect(rebuilt).toEqual({ status: 200, body: { version: forward.body.version + 1 } });
    expect(await model()).toMatchObject({ examples: 16, excluded: [] });
  });

  it("is nothing at version 0", async () => {
    expect((await send("POST", "/v1/sites/paper/model/rollback", { version: 0 })).status).toBe(200);
    const id = await comment(50);
    expect(await policyDecision(id)).toMatchObject({ to_status: "held" });
    expect(await model()).toMatchObject({ examples: 0 });
    await send("POST", "/v1/sites/paper/model/rebuild");
    expect(await policyDecision(await comment(51))).toMatchObject({ to_status: "spam" });
  });

  it("is told in pages, and refuses what is not there", async () => {
    const first = await send("GET", "/v1/sites/paper/model?limit=2");
    const second = await send("GET", `/v1/sites/paper/model?limit=2&cursor=${first.body.next ?? ""}`);
    const numbers = [...first.body.versions, ...second.body.versions].map(({ version }) => version);
    expect(numbers).toEqual([0, 1, 2, 3].map((n) => first.body.version - n));
    const missing = await send("POST", "/v1/sites/paper/model/rollback", { version: 9_999 });
    expect(missing).toMatchObject({ status: 404, body: { reason: "model_version_not_found" } });
    for (const version of [-1, 1.5, "1", null, 2 ** 40]) {
      expect((await send("POST", "/v1/sites/paper/model/rollback", { version })).status).toBe(422);
    }
    for (const [method, path] of [
      ["GET", "/model"],
      ["POST", "/model/rebuild"],
      ["POST", "/model/rollback"],
    ] as const) {
      const json = path.endsWith("rollback") ? { version: 1 } : undefined;
      expect((await send(method, `/v1/sites/paper${path}`, json, moderator)).status).toBe(403);
      expect((await send(method, `/v1/sites/nowhere${path}`, json)).status).toBe(404);
    }
  });

  it("shows in the figures", async () => {
    const text = await (await server.fetch("/metrics")).text();
    const { version, examples } = await model();
    expect(text).toContain(`parley_model_version{site="paper"} ${version}`);
    expect(text).toContain(`parley_model_examples{site="paper"} ${examples}`);
    expect(text).toContain('parley_owed{job="model.learn"} 0');
    expect(text).toMatch(/parley_model_learn_lag_seconds_count [1-9]/);
  });
});
