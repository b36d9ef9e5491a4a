import { describe, expect, it } from "vitest";
import { LEASE_MS } from "../../src/webhooks/deliver.ts";
import { makeDueAgain, takeDueDeliveries } from "../../src/webhooks/due.ts";
import { SENDING_PER_ENDPOINT_MAX } from "../../src/webhooks/open-webhooks.ts";
import { startWorkers } from "../../workers/index.ts";
import { openTestContext } from "../support/context.ts";
import { createTestSite } from "../support/fixtures.ts";
import { startReceiver } from "../support/receiver.ts";
import {
  addEndpoint,
  createTestClock,
  deliver,
  deliverAll,
  deliveryIds,
  emitEvent,
  onlyDelivery,
} from "./deliver-support.ts";

async function setUp(env: Record<string, string> = {}) {
  await using stack = new AsyncDisposableStack();
  const clock = createTestClock();
  const slow = stack.use(await startReceiver({ respond: { fault: "hang" } }));
  const quick = stack.use(await startReceiver());
  const ctx = stack.use(await openTestContext({ clock, env }));
  const site = await createTestSite(ctx);
  const resources = stack.move();
  return { clock, slow, quick, ctx, site, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

describe("receivers that hang", () => {
  it("hold up nobody else, however many jobs there are for them", async () => {
    await using t = await setUp({ WORKER_CONCURRENCY: "1" });
    const other = await createTestSite(t.ctx, { key: "other" });
    await using workers = startWorkers(t.ctx);
    for (const path of ["/1", "/2"]) await addEndpoint(t.ctx, t.site, `${t.slow.origin}${path}`);
    await addEndpoint(t.ctx, other, t.quick.origin);
    for (let made = 1; made <= SENDING_PER_ENDPOINT_MAX + 3; made += 1) {
      await emitEvent(t.ctx, t.site);
      await t.slow.waitFor(2 * Math.min(made, SENDING_PER_ENDPOINT_MAX));
    }
    await emitEvent(t.ctx, other);
    await t.quick.waitFor(1, 5_000);
    expect(t.slow.requests).toHaveLength(2 * SENDING_PER_ENDPOINT_MAX);
    await t.slow.close();
    await workers[Symbol.asyncDispose]();
  });
});

describe("workers that are stopped", () => {
  it("finish what is under way, and give back at once what waited for a place", async () => {
    await using t = await setUp();
    const gate = Promise.withResolvers<{ status: number }>();
    t.slow.setRespond(() => gate.promise);
    await addEndpoint(t.ctx, t.site, t.slow.origin);
    const workers = startWorkers(t.ctx);
    for (let made = 0; made < SENDING_PER_ENDPOINT_MAX + 3; made += 1) await emitEvent(t.ctx, t.site);
    await t.slow.waitFor(SENDING_PER_ENDPOINT_MAX);
    const stopped = workers[Symbol.asyncDispose]();
    gate.resolve({ status: 204 });
    await stopped;
    expect(t.slow.requests).toHaveLength(SENDING_PER_ENDPOINT_MAX);
    const { count } = await t.ctx.db.kysely
      .selectFrom("deliveries")
      .select(({ fn }) => fn.countAll<string>().as("count"))
      .where("status", "=", "delivered")
      .executeTakeFirstOrThrow();
    expect(Number(count)).toBe(SENDING_PER_ENDPOINT_MAX);
    t.clock.advance(10);
    await deliver(t.ctx, await takeDueDeliveries(t.ctx.db, t.clock.now(), 50));
    expect(t.slow.requests).toHaveLength(SENDING_PER_ENDPOINT_MAX + 3);
  });

  it("leave what does not end in time to others, with the same id and no attempt counted", async () => {
    const clock = createTestClock();
    await using receiver = await startReceiver({ respond: { fault: "hang" } });
    await using ctx = await openTestContext({ clock, env: { SHUTDOWN_TIMEOUT_MS: "50" } });
    const site = await createTestSite(ctx);
    await addEndpoint(ctx, site, receiver.origin);
    const workers = startWorkers(ctx);
    await emitEvent(ctx, site);
    await receiver.waitFor(1);
    await workers[Symbol.asyncDispose]();
    // Cut off only now, as when the connections close behind the workers.
    await receiver.close();
    await ctx.webhooks.agent.destroy();
    expect(await onlyDelivery(ctx, site)).toMatchObject({ status: "pending", attempts: 0, attemptLog: [] });
    clock.advance(LEASE_MS / 1_000);
    expect(await takeDueDeliveries(ctx.db, clock.now(), 10)).toEqual(await deliveryIds(ctx));
  });
});

describe("an endpoint that asks for a rest", () => {
  it("is not sent either what was waiting for a place already", async () => {
    await using t = await setUp();
    const gate = Promise.withResolvers<{ status: number; headers: Record<string, string> }>();
    t.slow.setRespond(() => gate.promise);
    await addEndpoint(t.ctx, t.site, t.slow.origin);
    for (let made = 0; made < SENDING_PER_ENDPOINT_MAX + 3; made += 1) await emitEvent(t.ctx, t.site);
    const delivering = deliverAll(t.ctx);
    await t.slow.waitFor(SENDING_PER_ENDPOINT_MAX);
    gate.resolve({ status: 429, headers: { "retry-after": "1000" } });
    await delivering;
    expect(t.slow.requests).toHaveLength(SENDING_PER_ENDPOINT_MAX);
    t.slow.setRespond({ status: 204 });
    t.clock.advance(1_001);
    const due = await takeDueDeliveries(t.ctx.db, t.clock.now(), 50);
    await deliver(t.ctx, due);
    expect(t.slow.requests.length).toBeGreaterThanOrEqual(SENDING_PER_ENDPOINT_MAX + 3);
  });
});

describe("what the queue refused", () => {
  it("is due again when told, unless it is owed later or is being sent", async () => {
    await using t = await setUp();
    await addEndpoint(t.ctx, t.site, t.quick.origin);
    for (let made = 0; made < 2; made += 1) await emitEvent(t.ctx, t.site);
    const take = () => takeDueDeliveries(t.ctx.db, t.clock.now(), 10);
    const after = (seconds: number) => new Date(t.clock.nowMs() + seconds * 1_000);
    t.clock.advance(300);
    const ids = await take();
    expect(ids).toHaveLength(2);
    await makeDueAgain(t.ctx.db, ids, after(5));
    t.clock.advance(4.9);
    expect(await take()).toEqual([]);
    t.clock.advance(0.1);
    expect(await take()).toHaveLength(2);

    const [first = "", second = ""] = ids;
    t.quick.setRespond({ status: 500, headers: { "retry-after": "1000" } });
    await deliver(t.ctx, [first]);
    const gate = Promise.withResolvers<{ status: number }>();
    t.quick.setRespond(() => gate.promise);
    const delivering = deliver(t.ctx, [second]);
    await t.quick.waitFor(2);
    await makeDueAgain(t.ctx.db, ids, after(5));
    t.clock.advance(30);
    expect(await take()).toEqual([]);
    gate.resolve({ status: 204 });
    await delivering;
  });
});
