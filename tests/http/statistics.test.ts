import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toPeriod } from "../../src/moderation/statistics/period.ts";
import type { RuleStatistics, SiteStatistics } from "../../src/moderation/statistics/rule-statistics.ts";
import type { Site } from "../../src/sites/site.ts";
import { manualClock } from "../moderation/review-support.ts";
import { BACKENDS } from "../support/backends.ts";
import { openTestContext, type TestContext } from "../support/context.ts";
import { createTestSite, createTestToken, submitTestComment } from "../support/fixtures.ts";
import { startTestHttp, type TestServer } from "../support/http.ts";

const POLICY = `version: 1
name: House rules
rules:
  - { id: links, description: Links, when: links.count > 0, then: hold, reason: links }
  - { id: many, description: Many links, when: links.count > 1, then: spam, reason: links, mode: shadow }
otherwise: publish
`;
const DAY_SECONDS = 86_400;
// Of all tests, for ids never go back in time.
const clock = manualClock();

const ruleOf = ({ rules }: SiteStatistics, rule: string): RuleStatistics | undefined =>
  rules.find(({ id }) => id === rule);

describe.each(BACKENDS)("statistics of rules (queue on %s)", (backend) => {
  let day: string;
  let ctx: TestContext;
  let server: TestServer;
  let site: Site;
  let token: string;

  beforeAll(async () => {
    // Noon of the next day, so that midnight is far.
    clock.advance(1.5 * DAY_SECONDS - ((clock.nowMs() / 1_000) % DAY_SECONDS));
    day = clock.now().toISOString().slice(0, 10);
    ctx = await openTestContext({ backend, clock, env: { PORT: "0" } });
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
  const submit = async (body?: string) => {
    const { id } = await submitTestComment(ctx, site, body === undefined ? {} : { body });
    await ctx.processAll();
    return id;
  };
  const decide = async (id: string, action: string, reason?: string) => {
    const { body: seen } = await api("GET", `/v1/review/comments/${id}`);
    const { version } = seen as { version: number };
    const { body } = await api("POST", `/v1/review/comments/${id}/decision`, { version, action, reason });
    return (body as { decisionId: string }).decisionId;
  };
  const statistics = async (query = ""): Promise<SiteStatistics> => {
    const { status, body } = await api("GET", `/v1/sites/paper/statistics/rules${query}`);
    expect(status, JSON.stringify(body)).toBe(200);
    return body as SiteStatistics;
  };
  let marked: string;

  it("of nothing are nothing", async () => {
    expect(await statistics()).toMatchObject({ to: day, complete: true, decisions: 0, held: 0, rules: [] });
  });

  it("count what rules did and moderators made of it, while the day goes on", async () => {
    const one = await submit("A source for the figures in the second table: https://one.example/figures");
    const two = await submit("Cheap things https://two.example/a and more https://three.example/b here");
    await submit("Nobody has looked at this yet: https://four.example/page");
    await submit();
    clock.advance(60);
    await decide(one, "publish");
    clock.advance(120);
    marked = await decide(two, "spam");
    const all = await statistics();
    expect(all).toMatchObject({ complete: true, decisions: 4, held: 3 });
    expect(ruleOf(all, "links")).toMatchObject({
      mode: "live",
      action: "hold",
      matched: 3,
      decided: 3,
      share: 0.75,
      queueShare: 1,
      judged: 2,
      agreed: 1,
      reversed: 1,
      precision: { value: 0.5 },
      versions: [{ version: 1, matched: 3, decided: 3, judged: 2, agreed: 1 }],
    });
    expect(ruleOf(all, "links")?.medianQueueSeconds).toBeCloseTo(120, 0);
    // The shadow rule decides nothing, and moderators agree with what it would have done.
    expect(ruleOf(all, "many")).toMatchObject({
      mode: "shadow",
      action: "spam",
      matched: 1,
      decided: 0,
      queueShare: 0,
      judged: 1,
      agreed: 1,
    });
    expect(ruleOf(all, "otherwise")).toMatchObject({
      action: "publish",
      decided: 1,
      judged: 0,
      precision: null,
    });
    expect(
      await ctx.db.kysely.selectFrom("rule_days").selectAll().where("decisions", ">", 0).execute(),
    ).toEqual([]);
  });

  it("are kept once the day is over, and say the same", async () => {
    const before = await statistics();
    clock.advance(2 * DAY_SECONDS);
    const after = await statistics();
    expect(after.rules).toEqual(before.rules);
    const kept = await ctx.db.kysely
      .selectFrom("rule_days")
      .select(["decisions", "held"])
      .where("decisions", ">", 0)
      .execute();
    expect(kept).toEqual([{ decisions: 4, held: 3 }]);
    // Two at once count each day once.
    await ctx.db.kysely.deleteFrom("rule_days").execute();
    const [first, second] = await Promise.all([statistics(), statistics()]);
    expect([first.rules, second.rules]).toEqual([before.rules, before.rules]);
  });

  it("follow what moderators take back and decide later, also about days that are over", async () => {
    expect((await api("POST", `/v1/review/decisions/${marked}/undo`, {})).status).toBe(200);
    expect(ruleOf(await statistics(), "links")).toMatchObject({ decided: 3, judged: 1, agreed: 0 });
    expect(ruleOf(await statistics(), "many")).toMatchObject({ matched: 1, judged: 0, precision: null });
    const { body } = await api("GET", "/v1/review/comments?site=paper");
    const waiting = (body as { comments: { id: string }[] }).comments.map(({ id }) => id);
    expect(waiting).toHaveLength(2);
    await decide(waiting[0] ?? "", "reject", "off_topic");
    expect(ruleOf(await statistics(), "links")).toMatchObject({ judged: 2, agreed: 1 });
  });

  it("count a sampled comment for the rule that would have decided it, and so does a backtest", async () => {
    const before = ruleOf(await statistics(), "otherwise");
    const source = POLICY.replace(
      "otherwise: publish",
      "otherwise: publish\nsampling: { share: 1, of: [publish] }",
    );
    expect((await api("PUT", "/v1/sites/paper/policy", { source })).body).toMatchObject({ version: 2 });
    const id = await submit();
    expect((await api("GET", `/v1/review/comments/${id}`)).body).toMatchObject({
      status: "held",
      reason: "sample",
    });
    await decide(id, "publish");
    const after = await statistics();
    expect(ruleOf(after, "sample")).toMatchObject({ action: "hold", decided: 1, judged: 0 });
    const otherwise = ruleOf(after, "otherwise");
    expect(otherwise).toMatchObject({
      action: "publish",
      decided: before?.decided,
      judged: (before?.judged ?? 0) + 1,
      sampled: { judged: 1, agreed: 1, precision: { value: 1 } },
      versions: [{ version: 2, decided: 0, judged: 1 }, { version: 1 }],
    });
    const tried = await api("POST", "/v1/sites/paper/policy/backtest", { policy: { version: 1 }, limit: 1 });
    expect(tried.body).toMatchObject({
      sampled: 1,
      judged: 1,
      actions: { before: { publish: 1, hold: 0 }, after: { publish: 1, hold: 0 } },
      changes: { comments: 0 },
    });
  });

  it("are those of the period and of the site that are asked for", async () => {
    const today = clock.now().toISOString().slice(0, 10);
    expect(await statistics(`?from=${today}`)).toMatchObject({
      from: today,
      to: today,
      decisions: 1,
      held: 1,
    });
    expect(await statistics(`?from=${day}&to=${day}`)).toMatchObject({ from: day, to: day, decisions: 4 });
    expect(await statistics(`?to=2020-01-31`)).toMatchObject({ from: "2020-01-02", decisions: 0, rules: [] });
    for (const query of [
      "?from=yesterday",
      `?from=2026-02-01&to=2026-01-01`,
      "?from=2020-01-01&to=2022-01-01",
    ])
      expect((await api("GET", `/v1/sites/paper/statistics/rules${query}`)).status).toBe(422);
    expect((await api("GET", "/v1/sites/other/statistics/rules")).status).toBe(404);
    const mod = await createTestToken(ctx, { kind: "mod", site });
    expect((await server.fetch("/v1/sites/paper/statistics/rules", { token: mod })).status).toBe(403);
  });
});

describe("the period", () => {
  const now = new Date("2026-03-10T23:59:00Z");
  it.each([
    [{}, "2026-02-09", "2026-03-10"],
    [{ to: "2026-03-01" }, "2026-01-31", "2026-03-01"],
    [{ from: "2026-03-05" }, "2026-03-05", "2026-03-10"],
    [{ to: "2030-01-01" }, "2026-02-09", "2026-03-10"],
    [{ from: "2030-01-01" }, "2026-03-10", "2026-03-10"],
    [{ from: "2020-01-01" }, "2025-03-10", "2026-03-10"],
  ])("of %j is from %s to %s", (query, from, to) => {
    expect(toPeriod(query, now)).toEqual({ from, to });
  });
});
