import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { statement } from "../../src/db/database.ts";
import { backtestPolicy } from "../../src/moderation/backtest/backtest.ts";
import type { BacktestReport } from "../../src/moderation/backtest/report.ts";
import { resolveTrial } from "../../src/moderation/backtest/trial.ts";
import { saveAutomation } from "../../src/sites/save-automation.ts";
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

const NO_SCORES = JSON.stringify({ values: { "links.count": 0 }, versions: { links: 1 } });

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

  it("tries the draft, which is then promoted, and versions that were in force", async () => {
    expect(await api("PUT", "/v1/sites/paper/policy/draft", { source: DRAFT })).toMatchObject({
      status: 200,
    });
    const tried = await backtest({ policy: { draft: true } });
    expect(tried).toMatchObject({ policy: { version: null }, changes: { comments: 2 } });
    const promoted = await api("POST", "/v1/sites/paper/policy/draft/promote", { revision: 1 });
    expect(promoted.body).toMatchObject({ version: 2 });
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

  it("scores the texts anew with another version of the model, where they are still there", async () => {
    await ctx.db.kysely
      .updateTable("decisions")
      .set({ evidence: NO_SCORES, model_version: null })
      .where("actor_kind", "=", "policy")
      .execute();
    const source = policy(rule("scored", "spam.score >= 0.0 && toxicity.score >= 0.0", "hold"));
    const before = await backtest({ policy: { source } });
    expect(before).toMatchObject({ model: null, actions: { after: { hold: 0 } } });
    expect(before.unknownFacts.signals.map(({ signal }) => signal)).toEqual(["spam", "toxicity"]);
    const after = await backtest({ policy: { source }, model: { version: 0 } });
    expect(after).toMatchObject({ model: ctx.baseModel?.version, unknownFacts: { comments: 0 } });
    // Both texts of the comment that its author removed.
    expect(after.textGone).toBe(2);
    expect(after.decisions).toBe(before.decisions - 2);
    expect(after.actions.after.hold).toBe(after.decisions);
    // What moderators taught it in the tests before this one.
    await ctx.processAll();
    const learned = (await api("GET", "/v1/sites/paper/model")).body as { version: number; model: string };
    expect(learned.version).toBeGreaterThan(0);
    const taught = await backtest({ policy: { source }, model: { version: learned.version } });
    expect(taught).toMatchObject({ model: learned.model, decisions: after.decisions });
    const missing = { policy: { source }, model: { version: 99 } };
    expect(await api("POST", "/v1/sites/paper/policy/backtest", missing)).toMatchObject({
      status: 404,
      body: { reason: "model_version_not_found" },
    });
  });

  it("lets the model decide alone as far as is chosen today, if asked to", async () => {
    const threshold = { value: 0.25, stopped: null, cases: 100 };
    const chosen = {
      publishAgreement: 0.99,
      spamAgreement: null,
      assurance: "observed",
      chosenBy: "Ada",
    } as const;
    const at = new Date().toISOString();
    const spamFrom = { value: null, stopped: null, cases: 0 };
    const times = { chosenAt: at, computedAt: at };
    await saveAutomation(ctx, "paper", { ...chosen, publishBelow: threshold, spamFrom, ...times });
    const source = policy(rule("alone", "automation.publishBelow > 0.2", "spam"));
    expect(await backtest({ policy: { source } })).toMatchObject({ actions: { after: { spam: 0 } } });
    const { actions, decisions } = await backtest({ policy: { source }, automation: true });
    expect(actions.after.spam).toBe(decisions);
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
    const locked = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const lock = statement("test.lock-decisions", "lock table decisions in access exclusive mode");
    const holding = ctx.db.transaction(async (tx) => {
      await tx.run(lock, []);
      locked.resolve();
      await release.promise;
    });
    await locked.promise;
    const answers = [1, 2].map(() => api("POST", "/v1/sites/paper/policy/backtest", {}));
    // Whichever comes first waits for the lock.
    expect(await Promise.race(answers)).toMatchObject({
      status: 429,
      body: { reason: "backtest_running", retryAfterSeconds: 5 },
    });
    release.resolve();
    await holding;
    expect((await Promise.all(answers)).map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      200, 429,
    ]);
    expect((await api("POST", "/v1/sites/paper/policy/backtest", {})).status).toBe(200);
  });
});
