import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Command } from "../../src/cli/command.ts";
import { policyDiff } from "../../src/cli/policy-diff.ts";
import { policyDraft } from "../../src/cli/policy-draft.ts";
import { policyHistory } from "../../src/cli/policy-history.ts";
import { policyPromote } from "../../src/cli/policy-promote.ts";
import { policyRollback } from "../../src/cli/policy-rollback.ts";
import { createApp } from "../../src/http/app.ts";
import type { App } from "../../src/http/app.ts";
import { checkComments } from "../../src/moderation/check.ts";
import type { Site } from "../../src/sites/site.ts";
import { openTestContext, type TestContext } from "../support/context.ts";
import { createTestSite, createTestToken, submitTestComment } from "../support/fixtures.ts";

let ctx: TestContext;
let app: App;
let site: Site;
let token: string;

beforeAll(async () => {
  ctx = await openTestContext();
  app = createApp(ctx);
  token = await createTestToken(ctx, { name: "Ada" });
});
afterAll(() => ctx[Symbol.asyncDispose]());

type Body = Record<string, unknown>;

async function send(method: string, path: string, json?: unknown): Promise<{ status: number; body: Body }> {
  const headers = new Headers({ Authorization: `Bearer ${token}` });
  if (json !== undefined) headers.set("Content-Type", "application/json");
  const body = json === undefined ? null : JSON.stringify(json);
  const response = await app.request(`/v1/sites/${site.key}/policy${path}`, { method, headers, body });
  return { status: response.status, body: response.status === 204 ? {} : ((await response.json()) as Body) };
}

const rule = (id: string, action: string, when = "links.count > 0") =>
  `  - { id: ${id}, description: ${id}, when: ${when}, then: ${action}, reason: links }\n`;
const policy = (rules: string, otherwise = "publish") =>
  `version: 1\nname: House\nrules:\n${rules}otherwise: ${otherwise}\n`;
const FIRST = policy(rule("one", "hold") + rule("two", "reject", "links.count > 3"));

let sites = 0;
const freshSite = async () => {
  sites += 1;
  site = await createTestSite(ctx, { key: `draft-${sites}`, policy: FIRST });
};

describe("a draft", () => {
  beforeAll(freshSite);

  test("decides nothing until it is promoted, and then a version of its own", async () => {
    expect(await send("GET", "/draft")).toMatchObject({ status: 404, body: { reason: "no_draft" } });
    const source = policy(rule("one", "spam"));
    const saved = await send("PUT", "/draft", { source, note: "Links are spam" });
    expect(saved).toMatchObject({
      status: 200,
      body: { revision: 1, basedOn: 1, updatedBy: "Ada", problems: [], source },
    });
    const { id } = await submitTestComment(ctx, site, {
      body: "Look at https://one.example/ everybody, please.",
    });
    await checkComments(ctx, [id]);
    const tried = await send("POST", "/backtest", { policy: { draft: true } });
    expect(tried).toMatchObject({ status: 200, body: { decisions: 1, changes: { comments: 1 } } });
    expect(await send("GET", "")).toMatchObject({ body: { version: 1 } });

    expect(await send("POST", "/draft/promote", { revision: 1 })).toMatchObject({
      status: 200,
      body: { version: 2, changed: true },
    });
    expect(await send("GET", "")).toMatchObject({
      body: { version: 2, note: "Links are spam", createdBy: "Ada" },
    });
    expect(await send("GET", "/draft")).toMatchObject({ status: 404 });
    const next = await submitTestComment(ctx, site, {
      body: "Look at https://two.example/ instead, all of you.",
    });
    await checkComments(ctx, [next.id]);
    expect(
      await ctx.db.kysely
        .selectFrom("comments")
        .select("status")
        .where("id", "=", next.id)
        .executeTakeFirst(),
    ).toEqual({ status: "spam" });
  });

  test("is not overwritten by who saw an older one", async () => {
    await freshSite();
    await send("PUT", "/draft", { source: FIRST });
    expect(await send("PUT", "/draft", { source: FIRST })).toMatchObject({
      status: 409,
      body: { reason: "draft_changed", draft: { revision: 1, updatedBy: "Ada" } },
    });
    expect(await send("PUT", "/draft", { source: policy(""), revision: 1 })).toMatchObject({
      status: 200,
      body: { revision: 2 },
    });
    expect(await send("POST", "/draft/promote", { revision: 1 })).toMatchObject({
      status: 409,
      body: { reason: "draft_changed" },
    });
    expect(await send("DELETE", "/draft?revision=1")).toMatchObject({ status: 409 });
    expect(await send("DELETE", "/draft?revision=2")).toMatchObject({ status: 204 });
    expect(await send("DELETE", "/draft")).toMatchObject({ status: 204 });
  });

  test("of a policy that was replaced meanwhile must take that in first", async () => {
    await freshSite();
    const source = policy(rule("one", "reject"));
    await send("PUT", "/draft", { source });
    await send("PUT", "", { source: policy(rule("three", "hold")) });
    expect(await send("POST", "/draft/promote", { revision: 1 })).toMatchObject({
      status: 409,
      body: { reason: "policy_changed", inForce: 2, basedOn: 1 },
    });
    await send("PUT", "/draft", { source, revision: 1, basedOn: 2 });
    expect(await send("POST", "/draft/promote", { revision: 2 })).toMatchObject({
      status: 200,
      body: { version: 3 },
    });
  });

  test("may be unsound, and is not promoted then", async () => {
    await freshSite();
    const source = `${policy(rule("one", "reject", "links.cuont > 0"))}tests: []\n`;
    const { body } = await send("PUT", "/draft", { source });
    expect(body["problems"]).toEqual([
      { path: "rules.0.when", message: expect.stringContaining("is links.count meant?") },
    ]);
    expect(await send("POST", "/draft/promote", { revision: 1 })).toMatchObject({
      status: 422,
      body: { reason: "invalid_policy" },
    });
    expect(await send("POST", "/backtest", { policy: { draft: true } })).toMatchObject({ status: 422 });
    expect(await send("GET", "/draft")).toMatchObject({ status: 200 });
    expect(await send("PUT", "/draft", { source: "x".repeat(70_000), revision: 1 })).toMatchObject({
      status: 422,
    });
    const failing = `${FIRST}tests: [{ name: t, given: { links.count: 1 }, expect: { action: publish } }]\n`;
    expect(await send("PUT", "", { source: failing })).toMatchObject({
      status: 422,
      body: { errors: [{ path: "tests.0", message: expect.stringContaining("but it is hold by one") }] },
    });
  });
});

describe("versions", () => {
  beforeAll(freshSite);

  test("are compared, by line and by rule", async () => {
    const second = policy(
      rule("two", "reject", "links.count > 3") + rule("one", "spam") + rule("new", "hold", "links.count > 1"),
      "hold",
    );
    await send("PUT", "", { source: second });
    const { body } = await send("GET", "/diff?from=1&to=in-force");
    expect(body).toMatchObject({
      from: "version 1",
      to: "version 2",
      rules: { added: ["new"], removed: [], changed: [{ id: "one", members: ["then"] }], moved: ["one"] },
      members: ["otherwise"],
    });
    expect(body["text"]).toMatch(/^-otherwise: publish$/m);
    expect(body["text"]).toMatch(/^\+otherwise: hold$/m);
    expect(await send("GET", "/diff?from=2&to=in-force")).toMatchObject({ body: { text: "", members: [] } });
    expect(await send("GET", "/diff?from=1&to=draft")).toMatchObject({ status: 404 });
    expect(await send("GET", "/diff?from=1&to=99")).toMatchObject({ status: 404 });
    expect(await send("GET", "/diff?from=older")).toMatchObject({ status: 422 });
    await send("PUT", "/draft", { source: "rules: nonsense" });
    expect(await send("GET", "/diff?from=1&to=draft")).toMatchObject({ status: 200, body: { rules: null } });
  });

  test("come back as new ones", async () => {
    expect(await send("POST", "/rollback", { version: 1 })).toMatchObject({
      status: 200,
      body: { version: 3, changed: true },
    });
    expect(await send("GET", "")).toMatchObject({
      body: { version: 3, source: FIRST, note: "Back to version 1" },
    });
    expect(await send("POST", "/rollback", { version: 2, basedOn: 2 })).toMatchObject({
      status: 409,
      body: { reason: "policy_changed", inForce: 3 },
    });
    expect(await send("PUT", "", { source: policy(rule("x", "hold")), basedOn: 1 })).toMatchObject({
      status: 409,
    });
    expect(await send("POST", "/rollback", { version: 77 })).toMatchObject({ status: 404 });
    expect(await send("POST", "/rollback", { version: 0 })).toMatchObject({ status: 422 });
  });
});

/** A command closes what it opened; the context of this file goes on. */
const open = async () =>
  Object.assign(Object.create(ctx) as TestContext, { [Symbol.asyncDispose]: async () => {} });

test("the command line does the same", async () => {
  await freshSite();
  const directory = await mkdtemp(join(tmpdir(), "parley-policy-"));
  const file = join(directory, "next.yaml");
  await writeFile(file, policy(rule("one", "spam")));
  const written: string[] = [];
  const write = vi
    .spyOn(process.stdout, "write")
    .mockImplementation((text) => written.push(String(text)) > 0);
  const run = (command: Command, args: Record<string, string>) =>
    command.run({ args: { SITE: site.key, ...args }, options: {}, open });
  try {
    expect(await run(policyDraft, { FILE: file })).toBe(0);
    expect(await run(policyDiff, { FROM: "in-force", TO: "draft" })).toBe(1);
    expect(await run(policyPromote, {})).toBe(0);
    expect(await run(policyRollback, { VERSION: "1" })).toBe(0);
    expect(await run(policyDiff, { FROM: "1", TO: "3" })).toBe(0);
    expect(await run(policyHistory, {})).toBe(0);
    await expect(run(policyDiff, { FROM: "1", TO: "newest" })).rejects.toThrow("newest");
  } finally {
    write.mockRestore();
    await rm(directory, { recursive: true });
  }
  const text = written.join("");
  expect(text).toContain(`Draft 1 of ${site.key}, based on version 1.`);
  expect(text).toMatch(/^\+ {2}- \{ id: one.*spam/m);
  expect(text).toContain("Version 2 is now in force");
  expect(text).toMatch(/^3 +in force .*command line +Back to version 1/m);
});

test("another site's token sees neither draft nor versions", async () => {
  await freshSite();
  const other = await createTestSite(ctx, { key: "stranger" });
  token = await createTestToken(ctx, { kind: "admin", site: other });
  for (const [method, path, json] of [
    ["GET", "/draft", undefined],
    ["PUT", "/draft", { source: FIRST }],
    ["DELETE", "/draft", undefined],
    ["POST", "/draft/promote", { revision: 1 }],
    ["GET", "/diff?from=1&to=1", undefined],
    ["POST", "/rollback", { version: 1 }],
  ] as const) {
    expect((await send(method, path, json)).status).toBe(404);
  }
});
