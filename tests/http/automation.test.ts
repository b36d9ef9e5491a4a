import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { publishDecisions } from "../../src/comments/publish.ts";
import { findCommentRows } from "../../src/comments/store/find.ts";
import { toProposalComment } from "../../src/comments/to-proposal.ts";
import type { AutomationView } from "../../src/moderation/automation/get-automation.ts";
import { refreshAutomation } from "../../src/moderation/automation/refresh-automation.ts";
import type { Signal } from "../../src/moderation/signal.ts";
import { automationSignal } from "../../src/moderation/signals/automation.ts";
import type { Automation } from "../../src/sites/automation.ts";
import type { Site } from "../../src/sites/site.ts";
import { manualClock } from "../moderation/review-support.ts";
import { BACKENDS } from "../support/backends.ts";
import { openTestContext, type TestContext } from "../support/context.ts";
import { createTestSite, createTestToken, submitTestComment } from "../support/fixtures.ts";
import { startTestHttp, type TestServer } from "../support/http.ts";

const PATH = "/v1/sites/paper/automation";
const POLICY = `version: 1
name: The model alone
rules:
  - id: sure-enough
    description: The model is as sure as the editors ask for
    when: spam.score < automation.publishBelow && toxicity.score < automation.publishBelow
    then: publish
    reason: no_objection
otherwise: hold
`;
/** A model that is sure of everything, whichever is shipped. */
const sureOf = (name: string): Signal => ({
  name,
  version: 1,
  deadlineMs: 50,
  facts: { [`${name}.score`]: { type: "double", description: "A score" } },
  run: () => ({ [`${name}.score`]: { value: 0.1 } }),
});
const SIGNALS = [sureOf("spam"), sureOf("toxicity"), automationSignal];
const COMMENTS = 150;
const PUBLISHED = 120;
// Of all tests, for ids never go back in time.
const clock = manualClock();

describe.each(BACKENDS)("automation (queue on %s)", (backend) => {
  let ctx: TestContext;
  let server: TestServer;
  let site: Site;
  let token: string;

  beforeAll(async () => {
    ctx = await openTestContext({ backend, clock, signals: SIGNALS, env: { PORT: "0" } });
    server = await startTestHttp(ctx);
    site = await createTestSite(ctx, { policy: POLICY });
    token = await createTestToken(ctx, { name: "Ada", site });
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    await ctx?.[Symbol.asyncDispose]();
  });

  const api = async (method: string, path: string, json?: unknown) => {
    const response = await server.fetch(path, { method, token, ...(json !== undefined && { json }) });
    return { status: response.status, body: await response.json() };
  };
  const view = async () => (await api("GET", PATH)).body as AutomationView;
  const choose = async (json: Record<string, unknown>): Promise<Automation | null> => {
    const { status, body } = await api("PUT", PATH, json);
    expect(status, JSON.stringify(body)).toBe(200);
    return (body as { chosen: Automation | null }).chosen;
  };
  /** What becomes of an ordinary comment, and the facts it was decided by. */
  const check = async () => {
    const { id } = await submitTestComment(ctx, site);
    await ctx.processAll();
    return (await api("GET", `/v1/review/comments/${id}`)).body as {
      status: string;
      check: { evidence: { name: string; value: unknown; detail?: unknown }[] };
    };
  };
  const decide = async (ids: string[], action: string) => {
    const rows = await findCommentRows(ctx.db, site.id, ids);
    for (let from = 0; from < rows.length; from += 100) {
      const decisions = rows
        .slice(from, from + 100)
        .map(({ id, version }) => ({ commentId: id, version, action }));
      const { body } = await api("POST", "/v1/review/decisions", { decisions });
      const { results } = body as { results: { outcome: string }[] };
      expect(results.every(({ outcome }) => outcome === "decided")).toBe(true);
    }
  };

  let ids: string[];

  it("is off, and is refused while there is nothing to go by", async () => {
    expect(await view()).toMatchObject({ chosen: null, population: { decisions: 0 }, publish: [], spam: [] });
    const refused = await api("PUT", PATH, { publishAgreement: 0.99 });
    expect(refused).toMatchObject({
      status: 409,
      body: { reason: "too_few_cases", cases: 0, casesMin: 100, errors: [{ path: "publishAgreement" }] },
    });
  });

  it("shows the curve of the site's own decisions", async () => {
    ids = await holdWithScores(ctx, site, COMMENTS);
    await decide(ids.slice(0, PUBLISHED), "publish");
    await decide(ids.slice(PUBLISHED), "spam");
    const { population, publish, spam } = await view();
    expect(population).toMatchObject({
      decisions: COMMENTS + 1,
      held: COMMENTS,
      reserved: 1,
      automatic: 0,
      sampled: 0,
      judged: COMMENTS,
    });
    expect(publish.length).toBe(50);
    expect(publish.at(-1)).toMatchObject({ cases: COMMENTS, errors: COMMENTS - PUBLISHED });
    expect(publish[0]).toMatchObject({ errors: 0, agreement: { value: 1 } });
    expect(spam[0]).toMatchObject({ errors: 0 });
    expect((await check()).status).toBe("held");
  });

  it("takes the point that an editor chooses, as a fact with its threshold, and the policy acts on it", async () => {
    const chosen = await choose({ publishAgreement: 0.99 });
    // 120 of 121 agree, 120 of 122 would not be 99 %.
    expect(chosen).toMatchObject({
      publishAgreement: 0.99,
      spamAgreement: null,
      publishBelow: { stopped: null, cases: PUBLISHED + 1 },
      spamFrom: { value: null },
      chosenBy: "Ada",
    });
    const threshold = chosen?.publishBelow.value ?? 0;
    expect(threshold).toBeCloseTo((PUBLISHED + 0.5) / COMMENTS, 2);
    const { status, check: checked } = await check();
    expect(status).toBe("published");
    expect(checked.evidence.find(({ name }) => name === "automation.publishBelow")).toMatchObject({
      value: threshold,
      detail: { agreement: 0.99, cases: PUBLISHED + 1 },
    });
    expect((await view()).chosen).toEqual(chosen);
  });

  it("asks for more cases where the lower bound must reach the agreement, and changes nothing when it cannot", async () => {
    const before = (await view()).chosen;
    const refused = await api("PUT", PATH, { publishAgreement: 0.99, assurance: "lower_bound" });
    expect(refused).toMatchObject({ status: 409, body: { reason: "agreement_not_reached" } });
    expect(await api("PUT", PATH, { spamAgreement: 0.99 })).toMatchObject({
      status: 409,
      body: { errors: [{ path: "spamAgreement" }] },
    });
    expect((await view()).chosen).toEqual(before);
  });

  it("is worked out anew once a day, and stops where moderators do not agree any more", async () => {
    const before = (await view()).chosen;
    await refreshAutomation(ctx);
    expect((await view()).chosen).toEqual(before);
    await decide(ids.slice(0, 60), "spam");
    clock.advance(86_401);
    await refreshAutomation(ctx);
    const { chosen } = await view();
    expect(chosen).toMatchObject({
      publishAgreement: 0.99,
      publishBelow: { value: null, stopped: "agreement_not_reached" },
      chosenAt: before?.chosenAt,
    });
    expect(Date.parse(chosen?.computedAt ?? "")).toBeGreaterThan(Date.parse(before?.computedAt ?? ""));
    const { status, check: checked } = await check();
    expect(status).toBe("held");
    expect(checked.evidence.some(({ name }) => name.startsWith("automation."))).toBe(false);
  });

  it("counts a text that one author sends again and again as one case", async () => {
    const before = (await view()).population;
    const body = "The very same words about the very same thing, again and again and again, every day.";
    const input = { name: "Max", email: "max@readers.example" };
    const sent: string[] = [];
    for (const threadKey of ["one", "two", "three"]) {
      sent.push((await submitTestComment(ctx, site, { ...input, body, threadKey })).id);
      await ctx.processAll();
    }
    await decide(sent, "spam");
    const { decisions, judged } = (await view()).population;
    expect([decisions - before.decisions, judged - before.judged]).toEqual([3, 1]);
  });

  it("is turned off, and refuses what it cannot be", async () => {
    expect(await choose({ publishAgreement: null })).toBeNull();
    expect((await view()).chosen).toBeNull();
    for (const json of [
      { publishAgreement: 1 },
      { publishAgreement: 0.5 },
      { spamAgreement: "0.9" },
      { below: 1 },
    ])
      expect((await api("PUT", PATH, json)).status).toBe(422);
    expect((await api("GET", "/v1/sites/other/automation")).status).toBe(404);
    const mod = await createTestToken(ctx, { kind: "mod", site });
    expect((await server.fetch(PATH, { token: mod })).status).toBe(403);
    // Nor by the way of the settings.
    const settings = { automation: { publishBelow: { value: 1 } } };
    expect((await api("PATCH", "/v1/sites/paper", { settings })).status).toBe(422);
  });
});

/** Held comments with spam scores from 0 to nearly 1, in this order; and one that is for people alone. */
async function holdWithScores(ctx: TestContext, site: Site, count: number): Promise<string[]> {
  const sent = Array.from({ length: count + 1 }, () => submitTestComment(ctx, site));
  const submitted = (await Promise.all(sent)).map(({ id }) => id);
  const rows = new Map((await findCommentRows(ctx.db, site.id, submitted)).map((row) => [row.id, row]));
  const proposals = submitted.map((id, n) => {
    const row = rows.get(id);
    if (!row) throw new Error("not stored");
    const isLast = n === count;
    return {
      comment: toProposalComment(row),
      toStatus: "held" as const,
      actor: { kind: "policy" as const, name: "otherwise" },
      action: "hold",
      reason: isLast ? "threat" : "premoderation",
      policyVersion: 1,
      evidence: JSON.stringify({
        values: { "spam.score": n / count, "toxicity.score": 0.01 },
        versions: { spam: 1, toxicity: 1 },
      }),
      trace: "[]",
    };
  });
  await publishDecisions(ctx, proposals);
  return submitted.slice(0, count);
}
