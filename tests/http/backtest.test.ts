import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { backtestPolicy } from "../../src/moderation/backtest/backtest.ts";
import type { BacktestReport } from "../../src/moderation/backtest/report.ts";
import { resolveTrial } from "../../src/moderation/backtest/trial.ts";
import type { Site } from "../../src/sites/site.ts";
import { BACKENDS } from "../support/backends.ts";
import { openTestContext, type TestContext } from "../support/context.ts";
import {
  createTestSite,
  createTestToken,
  submitTestComment,
  type TestCommentInput,
} from "../support/fixtures.ts";
import { startTestHttp, type TestServer } from "../support/http.ts";

const rule = (id: string, when: string, action: string, mode = "live") =>
  `  - { id: ${id}, description: ${id}, when: '${when}', then: ${action}, reason: links, mode: ${mode} }\n`;
const policy = (...rules: string[]) =>
  `version: 1\nname: House rules\nrules:\n${rules.join("")}otherwise: publish\n`;

const IN_FORCE = policy(
  rule("links", "links.count > 0", "hold"),
  rule("many", "links.count > 1", "spam", "shadow"),
);
/** Links are not held any more, but several are spam; a shadow rule watches all links. */
const DRAFT = policy(
  rule("many", "links.count > 1", "spam"),
  rule("any-link", "links.count > 0", "hold", "shadow"),
);

describe.each(BACKENDS)("a backtest (queue on %s)", (backend) => {
  let ctx: TestContext;
  let server: TestServer;
  let site: Site;
  let token: string;

  beforeAll(async () => {
    ctx = await openTestContext({ backend, env: { PORT: "0" } });
    server = await startTestHttp(ctx);
    site = await createTestSite(ctx, { policy: IN_FORCE });
    token = await createTestToken(ctx, { name: "Ada", site });
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    await ctx?.[Symbol.asyncDispose]();
  });

  /** One after the other, so that the log has them in this order. */
  const submit = async (input: TestCommentInput) => {
    const { id } = await submitTestComment(ctx, site, input);
    await ctx.processAll();
    return id;
  };
  const api = async (method: string, path: string, json?: unknown) => {
    const response = await server.fetch(path, { method, token, ...(json !== undefined && { json }) });
    return { status: response.status, body: await response.json() };
  };
  const backtest = async (json: Record<string, unknown>): Promise<BacktestReport> => {
    const { status, body } = await api("POST", "/v1/sites/paper/policy/backtest", json);
    expect(status, JSON.stringify(body)).toBe(200);
    return body as BacktestReport;
  };
  const decide = async (id: string, action: string, reason?: string) => {
    const { body: seen } = await api("GET", `/v1/review/comments/${id}`);
    const { version } = seen as { version: number };
    const { status, body } = await api("POST", `/v1/review/comments/${id}/decision`, {
      version,
      action,
      reason,
    });
    expect(status).toBe(200);
    return (body as { decisionId: string }).decisionId;
  };

  let one: string;
  let two: string;

  it("of nothing is nothing", async () => {
    const report = await backtest({ policy: { source: DRAFT } });
    expect(report).toMatchObject({ complete: true, decisions: 0, from: null, transitions: [], judged: 0 });
  });

  it("shows what a draft would change, and what moderators had made of it", async () => {
    one = await submit({ body: "A source for the figures in the second table: https://one.example/figures" });
    two = await submit({ body: "Cheap things https://two.example/a and more https://three.example/b here" });
    await submit({});
    await decide(one, "publish");
    const undone = await decide(two, "publish");
    expect((await api("POST", `/v1/review/decisions/${undone}/undo`, {})).status).toBe(200);
    await decide(two, "spam");

    const report = await backtest({ policy: { source: DRAFT } });
    expect(report).toMatchObject({
      policy: { name: "House rules", version: null },
      complete: true,
      decisions: 3,
      judged: 2,
      unreadable: 0,
      actions: {
        before: { publish: 1, hold: 2, reject: 0, spam: 0 },
        after: { publish: 2, hold: 0, reject: 0, spam: 1 },
      },
      queueShare: { before: 2 / 3, after: 0 },
      // The held link was fine; the spam that was held stays off the page either way.
      changes: { comments: 2, judged: 2, better: 1, worse: 0 },
      transitions: [
        { from: "hold", to: "publish", comments: 1, judged: 1, better: 1, worse: 0 },
        { from: "hold", to: "spam", comments: 1, judged: 1, better: 0, worse: 0 },
      ],
      unknownFacts: { comments: 0, signals: [] },
      changedSignals: [],
      policyVersions: [{ version: 1, decisions: 3 }],
    });
    expect(report.transitions[0]?.examples).toEqual([
      {
        commentId: one,
        revision: 1,
        before: { action: "hold", rule: "links" },
        after: { action: "publish", rule: "otherwise" },
        verdict: "publish",
        review: `/v1/review/comments/${one}`,
        excerpt: "A source for the figures in the second table: https://one.example/figures",
      },
    ]);
    expect((await api("GET", report.transitions[0]?.examples[0]?.review ?? "")).body).toMatchObject({
      id: one,
    });
  });

  it("tells of each rule what it did, would do, and how right it was", async () => {
    const { rules } = await backtest({ policy: { source: DRAFT } });
    expect(rules.map(({ id }) => id)).toEqual(["many", "any-link", "otherwise", "links"]);
    const [many, anyLink, otherwise, links] = rules;
    // Was a shadow rule, whose hits the trace has; is to decide.
    expect(many).toMatchObject({
      changes: 1,
      before: { mode: "shadow", action: "spam", matched: 1, judged: 1, agreed: 1 },
      after: { mode: "live", matched: 1, decided: 1, held: 0, judged: 1, agreed: 1, precision: { value: 1 } },
    });
    // Would hold what it matches of what nothing before it decides: the one that moderators published.
    expect(anyLink).toMatchObject({
      changes: 1,
      before: null,
      after: {
        mode: "shadow",
        matched: 2,
        decided: 1,
        judged: 1,
        agreed: 0,
        reversed: 1,
        precision: { value: 0 },
      },
    });
    expect(links).toMatchObject({
      changes: 2,
      before: { mode: "live", decided: 2, held: 2, queueShare: 1, judged: 2, agreed: 1, reversed: 1 },
      after: null,
    });
    expect(otherwise).toMatchObject({ before: { decided: 1 }, after: { decided: 2, judged: 1, agreed: 1 } });
  });

  it("counts only as many as asked for, the latest first", async () => {
    const report = await backtest({ policy: { source: DRAFT }, limit: 1 });
    expect(report).toMatchObject({
      decisions: 1,
      actions: { before: { publish: 1 } },
      changes: { comments: 0 },
    });
  });

  it("tries a version that was in force, and the one that is", async () => {
    const put = await api("PUT", "/v1/sites/paper/policy", { source: DRAFT });
    expect(put.body).toMatchObject({ version: 2 });
    expect(await backtest({ policy: { version: 1 } })).toMatchObject({
      policy: { version: 1 },
      changes: { comments: 0 },
    });
    expect(await backtest({})).toMatchObject({ policy: { version: 2 }, changes: { comments: 2 } });
    // In force, it does what was foretold.
    const next = await submit({ body: "Again https://two.example/c with more of it https://four.example/d" });
    expect((await api("GET", `/v1/review/comments/${next}`)).body).toMatchObject({ status: "spam" });
    expect(await backtest({ policy: { version: 9 } }).catch(() => undefined)).toBeUndefined();
  });

  it("counts each text of an edited comment, with the verdict on that text alone", async () => {
    const { id, editToken } = await submitTestComment(ctx, site, {
      body: "Before https://one.example/x it was",
    });
    await ctx.processAll();
    await decide(id, "publish");
    const own = `/v1/sites/paper/comments/${id}`;
    const edited = await server.fetch(own, {
      method: "PATCH",
      token: editToken ?? "",
      json: { body: "No link any more" },
    });
    expect(edited.status).toBe(200);
    await ctx.processAll();
    const report = await backtest({ policy: { source: IN_FORCE }, limit: 2 });
    expect(report).toMatchObject({
      decisions: 2,
      judged: 1,
      transitions: [{ from: "publish", to: "hold", worse: 1 }],
    });
    expect(report.transitions[0]?.examples[0]).toMatchObject({
      commentId: id,
      revision: 1,
      verdict: "publish",
      excerpt: "Before https://one.example/x it was",
    });
    await server.fetch(own, { method: "DELETE", token: editToken ?? "" });
    const gone = await backtest({ policy: { source: IN_FORCE }, limit: 2 });
    expect(gone.transitions[0]?.examples[0]).toMatchObject({ commentId: id, excerpt: null });
  });

  it("says which facts the stored evidence cannot tell, and which signals have changed since", async () => {
    const kept = { values: { "links.count": 2 }, versions: { links: 0 } };
    await ctx.db.kysely
      .updateTable("decisions")
      .set({ evidence: JSON.stringify(kept) })
      .where("comment_id", "=", one)
      .execute();
    const source = policy(rule("few", "author.published < 3 && links.count > 1", "spam"));
    expect(await backtest({ policy: { source } })).toMatchObject({
      unknownFacts: {
        comments: 1,
        signals: [{ signal: "author", facts: ["author.published"], comments: 1 }],
      },
      changedSignals: [{ signal: "links", version: 1, earlier: [{ version: 0, comments: 1 }] }],
    });
  });

  it("says that it is a part when time runs out", async () => {
    const trial = await resolveTrial(ctx, site, { policy: { version: 1 } });
    const options = { limit: 100, deadlineMs: 0, showTexts: false };
    expect(await backtestPolicy(ctx, site, trial, options)).toMatchObject({ complete: false, decisions: 0 });
  });

  it("refuses what is no policy, too much, another's site, and too little of a token", async () => {
    const path = "/v1/sites/paper/policy/backtest";
    const faulty = await api("POST", path, {
      policy: { source: policy(rule("x", "links.cuont > 1", "hold")) },
    });
    expect(faulty).toMatchObject({ status: 422, body: { reason: "invalid_policy" } });
    for (const json of [
      { limit: 50_001 },
      { limit: 0 },
      { policy: {} },
      { policy: { source: 1 } },
      { polcy: {} },
    ])
      expect((await api("POST", path, json)).status).toBe(422);
    expect((await api("POST", path, { policy: { version: 77 } })).status).toBe(404);
    expect((await api("POST", "/v1/sites/other/policy/backtest", {})).status).toBe(404);
    const mod = await createTestToken(ctx, { kind: "mod", site });
    expect((await server.fetch(path, { method: "POST", json: {}, token: mod })).status).toBe(403);
    const editor = await createTestToken(ctx, { site, scopes: ["policies:manage"] });
    const blind = await server.fetch(path, {
      method: "POST",
      json: { policy: { version: 1 } },
      token: editor,
    });
    const { transitions } = (await blind.json()) as BacktestReport;
    expect(transitions.flatMap(({ examples }) => examples).every(({ excerpt }) => excerpt === null)).toBe(
      true,
    );
  });

  it("runs one at a time in a process, and the next when it is done", async () => {
    const answers = await Promise.all(
      [1, 2, 3].map(() => api("POST", "/v1/sites/paper/policy/backtest", {})),
    );
    const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
    expect(statuses[0]).toBe(200);
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.body).toMatchObject({ reason: "backtest_running", retryAfterSeconds: 5 });
    expect((await api("POST", "/v1/sites/paper/policy/backtest", {})).status).toBe(200);
  });
});
