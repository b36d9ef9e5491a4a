import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Site } from "../../../src/sites/site.ts";
import type { TestContext } from "../../support/context.ts";
import { createTestSite } from "../../support/fixtures.ts";
import { type Receiver, type Reply, startReceiver } from "../../support/receiver.ts";
import { ask, openExternalContext, setUp } from "./support.ts";

const answer = (...results: unknown[]): Reply => ({
  status: 200,
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ id: "modr-1", model: "omni-moderation-latest", results }),
});

describe("moderationApi", () => {
  let ctx: TestContext;
  let site: Site;
  let server: Receiver;
  beforeAll(async () => {
    ctx = await openExternalContext();
    site = await createTestSite(ctx);
    server = await startReceiver();
    await setUp(ctx, site, "moderationApi", {
      secret: "sk-test",
      deadlineMs: 500,
      settings: { baseUrl: `${server.origin}/v1/` },
    });
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    await ctx?.[Symbol.asyncDispose]();
  });

  it("sends the text and nothing else, and takes the highest score of each group", async () => {
    server.setRespond(
      answer({
        flagged: true,
        categories: { "harassment/threatening": true, hate: false },
        category_scores: {
          hate: 0.1,
          "hate/threatening": 0.2,
          harassment: 0.5,
          "harassment/threatening": 0.7,
          "self-harm": 0.01,
          "self-harm/intent": 0.02,
          sexual: 0,
          violence: 0.3,
          "violence/graphic": 0.1,
          illicit: 0.9,
        },
      }),
    );
    const asked = await ask(ctx, site, "moderationApi", { body: "I will find you.", name: "Nobody" });
    expect(asked.facts).toEqual({
      "moderationApi.flagged": true,
      "moderationApi.maxScore": 0.9,
      "moderationApi.hate": 0.2,
      "moderationApi.harassment": 0.7,
      "moderationApi.threat": 0.7,
      "moderationApi.selfHarm": 0.02,
      "moderationApi.sexual": 0,
      "moderationApi.violence": 0.3,
    });
    expect(asked.tried.evidence[0]?.detail).toEqual({
      model: "omni-moderation-latest",
      categories: ["harassment/threatening"],
    });
    const [request] = server.requests;
    expect(request).toMatchObject({ method: "POST", url: "/v1/moderations" });
    expect(request?.headers["authorization"]).toBe("Bearer sk-test");
    expect(JSON.parse(request?.body.toString() ?? "")).toEqual({
      model: "omni-moderation-latest",
      input: "I will find you.",
    });
  });

  it.each<[string, unknown, Record<string, unknown>]>([
    ["flagged without categories", { flagged: true }, { "moderationApi.flagged": true }],
    [
      "categories of its own",
      { flagged: true, categories: { "S14/code": true }, category_scores: { "S14/code": 0.4 } },
      { "moderationApi.flagged": true, "moderationApi.maxScore": 0.4 },
    ],
    [
      "null for what a model does not judge",
      { flagged: false, categories: { hate: null }, category_scores: { hate: null, sexual: 0.25 } },
      { "moderationApi.flagged": false, "moderationApi.maxScore": 0.25, "moderationApi.sexual": 0.25 },
    ],
  ])("is content with %s", async (_, result, facts) => {
    server.setRespond(answer(result));
    expect((await ask(ctx, site, "moderationApi")).facts).toEqual(facts);
  });

  it.each<[string, Reply]>([
    ["a score above 1", answer({ flagged: false, category_scores: { hate: 7 } })],
    ["a score below 0", answer({ flagged: false, category_scores: { hate: -0.1 } })],
    ["NaN", { status: 200, body: '{"results":[{"flagged":false,"category_scores":{"hate":NaN}}]}' }],
    [
      "a number too large",
      { status: 200, body: '{"results":[{"flagged":false,"category_scores":{"hate":1e999}}]}' },
    ],
    ["a score as text", answer({ flagged: false, category_scores: { hate: "0.1" } })],
    ["a verdict as text", answer({ flagged: "false" })],
    ["no verdict", answer({ categories: {}, category_scores: { hate: 0 } })],
    ["no result", answer()],
    ["several results", answer({ flagged: false }, { flagged: true })],
    ["another object", { status: 200, body: '{"error":null}' }],
    ["half an answer", { status: 200, body: '{"results":[{"flagged":fal' }],
    ["deep nesting", { status: 200, body: "[".repeat(50_000) }],
  ])("takes %s for no answer", async (_, reply) => {
    server.setRespond(reply);
    expect(await ask(ctx, site, "moderationApi")).toMatchObject({ facts: {}, failure: "unreadable" });
  });

  it("keeps what is longer than 5,000 characters", async () => {
    server.setRespond(answer({ flagged: false }));
    await setUp(ctx, site, "moderationApi", { secret: null, settings: { baseUrl: `${server.origin}/v1` } });
    await ask(ctx, site, "moderationApi", { body: "a".repeat(4_999) + "😀" });
    const request = server.requests.at(-1);
    const { input } = JSON.parse(request?.body.toString() ?? "") as { input: string };
    expect(input).toBe("a".repeat(4_999));
    expect(request?.headers["authorization"]).toBeUndefined();
  });
});
