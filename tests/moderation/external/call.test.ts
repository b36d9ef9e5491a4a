import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TestContext } from "../../support/context.ts";
import { createTestSite } from "../../support/fixtures.ts";
import { type Receiver, startReceiver } from "../../support/receiver.ts";
import { makeSubject } from "../signals/subject.ts";
import { ask, clockAt, configure, downReason, inShort, jsonReply, openExternalContext } from "./support.ts";

const FINE = jsonReply({ results: [{ flagged: false }] });

describe("asking, and when not to", () => {
  let ctx: TestContext;
  let service: Receiver;
  const clock = clockAt("2026-05-05T12:00:10Z");

  beforeEach(async () => {
    ctx = await openExternalContext({ clock });
    service = await startReceiver({ respond: FINE });
    await createTestSite(ctx);
  });
  afterEach(async () => {
    await ctx[Symbol.asyncDispose]();
    await service[Symbol.asyncDispose]();
  });

  const turnOn = (settings: Record<string, unknown>) =>
    configure(ctx, "moderationApi", { baseUrl: service.origin, cacheSeconds: 0, ...settings });
  const say = (text: string) => ask(ctx, "moderationApi", makeSubject(text));

  it("leaves a service alone that keeps failing, then tries with one call", async () => {
    await turnOn({ breakerFailures: 2, breakerSeconds: 60 });
    service.setRespond({ status: 503 });
    await say("one");
    await say("two");
    expect(downReason(await say("three"))).toBe("breaker_open");
    expect(service.requests).toHaveLength(2);
    expect([...ctx.external.countOpen()]).toEqual([["moderationApi", 1]]);
    clock.advance(60_000);
    service.setRespond(FINE);
    expect(inShort(await say("four"))).toEqual({ "moderationApi.flagged": false });
    expect(inShort(await say("five"))).toEqual({ "moderationApi.flagged": false });
  });

  it("heeds Retry-After", async () => {
    await turnOn({ breakerSeconds: 1 });
    service.setRespond({ status: 429, headers: { "retry-after": "300" } });
    expect(downReason(await say("one"))).toBe("rate_limited (429)");
    clock.advance(299_000);
    expect(downReason(await say("two"))).toBe("breaker_open");
  });

  it("spends no more than a minute's calls, nor a day's, whatever process asks", async () => {
    await turnOn({ perMinute: 3, perDay: 5 });
    await using elsewhere = await openExternalContext({ clock });
    const other = { ...ctx, external: elsewhere.external };
    const askers = [ctx, other, ctx, other, ctx, other];
    const answers = await Promise.all(
      askers.map((asker, n) => ask(asker, "moderationApi", makeSubject(`number ${n}`))),
    );
    const down = answers.filter(([evidence]) => evidence?.state === "unavailable");
    expect(down.map((evidence) => downReason(evidence))).toEqual(["budget", "budget", "budget"]);
    clock.advance(60_000);
    for (const text of ["a", "b"])
      expect(inShort(await say(text))).toEqual({ "moderationApi.flagged": false });
    expect(downReason(await say("c"))).toBe("budget");
    clock.advance(3_600_000);
    expect(downReason(await say("d"))).toBe("budget");
    clock.advance(12 * 3_600_000);
    expect(inShort(await say("e"))).toEqual({ "moderationApi.flagged": false });
    expect(service.requests).toHaveLength(6);
  });

  it("an answer holds for the same question under the same settings, for its time", async () => {
    await turnOn({ cacheSeconds: 60 });
    await Promise.all([say("the same"), say("the same")]);
    await say("the same");
    expect(service.requests).toHaveLength(1);
    await say("another");
    clock.advance(60_001);
    await say("the same");
    expect(service.requests).toHaveLength(3);
    await turnOn({ cacheSeconds: 60, model: "other" });
    await say("the same");
    expect(service.requests).toHaveLength(4);
  });

  it("what failed is asked again, and keys of answers hold nothing of the question", async () => {
    await turnOn({ cacheSeconds: 60 });
    service.setRespond([{ status: 500 }, FINE]);
    await say("the same");
    await say("the same");
    expect(service.requests).toHaveLength(2);
    for (const key of ctx.external.answers.keys()) expect(key).toMatch(/^[\w-]{22}$/);
  });

  it("no more calls at a time than allowed, and no waiting for ever", async () => {
    await turnOn({ concurrency: 1, deadlineMs: 500, onFailure: "hold" });
    service.setRespond({ ...FINE, delayMs: 200 });
    const started = performance.now();
    await Promise.all([say("one"), say("two")]);
    expect(performance.now() - started).toBeGreaterThanOrEqual(390);
    const [, late] = await Promise.all([
      say("three"),
      ask(ctx, "moderationApi", makeSubject("four"), { leftMs: 510 }),
    ]);
    expect(downReason(late ?? [])).toBe("busy");
  });

  it("goes nowhere that the operator has not opened", async () => {
    await turnOn({});
    await using closed = await openExternalContext({ env: { EXTERNAL_ALLOW_CIDRS: "10.0.0.0/8" } });
    const evidence = await ask({ ...ctx, external: closed.external }, "moderationApi", makeSubject("one"));
    expect(downReason(evidence)).toMatch(/^refused/);
    expect(service.connections.accepted).toBe(0);
  });

  it("counts what came of it", async () => {
    await turnOn({});
    await say("one");
    service.setRespond({ status: 500 });
    await say("two");
    const text = await ctx.metrics.registry.metrics();
    expect(text).toContain('parley_external_calls_total{adapter="moderationApi",outcome="answered"} 1');
    expect(text).toContain('parley_external_calls_total{adapter="moderationApi",outcome="http_status"} 1');
    expect(text).toContain('parley_external_seconds_count{adapter="moderationApi"} 2');
  });
});
