import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { LEASE_MS } from "../../src/webhooks/deliver.ts";
import { disableEndpoint } from "../../src/webhooks/disable-endpoint.ts";
import { takeDueDeliveries } from "../../src/webhooks/due.ts";
import { enableEndpoint } from "../../src/webhooks/enable-endpoint.ts";
import { getDelivery } from "../../src/webhooks/get-delivery.ts";
import { getEndpoint } from "../../src/webhooks/get-endpoint.ts";
import { SENDING_PER_ENDPOINT_MAX } from "../../src/webhooks/open-webhooks.ts";
import { removeEndpoint } from "../../src/webhooks/remove-endpoint.ts";
import { rotateSecret } from "../../src/webhooks/rotate-secret.ts";
import { ATTEMPT_DELAYS_SECONDS, ATTEMPTS_MAX, JITTER_SHARE } from "../../src/webhooks/schedule.ts";
import { openTestContext, type TestContext } from "../support/context.ts";
import { createTestSite } from "../support/fixtures.ts";
import { startReceiver } from "../support/receiver.ts";
import type { Receiver, ReceiverOptions } from "../support/receiver.ts";
import {
  addEndpoint,
  createTestClock,
  deliver,
  deliverAll,
  deliveryIds,
  emitEvent,
  expectedSignature,
  headersOf,
  onlyDelivery,
} from "./deliver-support.ts";

async function setUp(options: ReceiverOptions = {}) {
  await using stack = new AsyncDisposableStack();
  const clock = createTestClock();
  const receiver: Receiver = stack.use(await startReceiver(options));
  const ctx: TestContext = stack.use(await openTestContext({ clock }));
  const site = await createTestSite(ctx);
  const resources = stack.move();
  return { clock, receiver, ctx, site, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

const secondsFrom = (start: Date, end: Date | null) => (Number(end) - Number(start)) / 1_000;

describe("an event", () => {
  it("becomes one delivery for each endpoint of its site that asked for its type", async () => {
    await using t = await setUp();
    const other = await createTestSite(t.ctx, { key: "other" });
    const all = await addEndpoint(t.ctx, t.site, `${t.receiver.origin}/all`);
    const some = await addEndpoint(t.ctx, t.site, `${t.receiver.origin}/some`, { types: ["comment.held"] });
    await addEndpoint(t.ctx, other, `${t.receiver.origin}/other`);
    const published = await emitEvent(t.ctx, t.site, "comment.published");
    const held = await emitEvent(t.ctx, t.site, "comment.held");
    await deliverAll(t.ctx);
    const told = t.receiver.requests.map((request) => `${request.url} ${headersOf(request)["webhook-id"]}`);
    expect(told.toSorted()).toEqual([`/all ${published}`, `/all ${held}`, `/some ${held}`].toSorted());
    expect(await deliveryIds(t.ctx, all.endpoint.id)).toHaveLength(2);
    expect(await deliveryIds(t.ctx, some.endpoint.id)).toHaveLength(1);
  });

  it("reaches the receiver through queue and workers as the stored bytes, and verifies", async () => {
    await using t = await setUp();
    const { secret } = await addEndpoint(t.ctx, t.site, t.receiver.origin);
    const id = await emitEvent(t.ctx, t.site);
    await t.ctx.processAll();
    const [request] = await t.receiver.waitFor(1);
    if (!request) throw new Error("nothing arrived");
    const stored = await t.ctx.db.kysely.selectFrom("events").select("payload").executeTakeFirstOrThrow();
    expect(request.body.toString()).toBe(stored.payload);
    expect(request.headers["webhook-id"]).toBe(id);
    expect(new Webhook(secret).verify(request.body, headersOf(request))).toEqual(JSON.parse(stored.payload));
    expect(await onlyDelivery(t.ctx, t.site)).toMatchObject({
      status: "delivered",
      attempts: 1,
      nextAttemptAt: null,
      lastStatusCode: 204,
      attemptLog: [{ number: 1, outcome: "delivered", statusCode: 204, error: null }],
    });
    const { values } = await t.ctx.metrics.deliveries.get();
    expect(values).toMatchObject([{ labels: { outcome: "delivered" }, value: 1 }]);
  });
});

describe("a delivery that fails", () => {
  it("is sent again by the schedule with the same id and bytes, and is a dead letter after the last attempt", async () => {
    await using t = await setUp({ respond: { status: 500, body: "broken" } });
    const { secret } = await addEndpoint(t.ctx, t.site, t.receiver.origin);
    await emitEvent(t.ctx, t.site);
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
      const startedAt = t.clock.now();
      await deliverAll(t.ctx);
      const delivery = await onlyDelivery(t.ctx, t.site);
      expect(delivery.attempts).toBe(attempt);
      if (attempt === ATTEMPTS_MAX) break;
      const waitSeconds = secondsFrom(startedAt, delivery.nextAttemptAt);
      const scheduled = ATTEMPT_DELAYS_SECONDS[attempt] ?? 0;
      expect(waitSeconds).toBeGreaterThanOrEqual(scheduled);
      expect(waitSeconds).toBeLessThanOrEqual(scheduled * (1 + JITTER_SHARE));
      t.clock.advance(waitSeconds - 0.001);
      await deliverAll(t.ctx);
      expect(t.receiver.requests).toHaveLength(attempt);
      expect(await takeDueDeliveries(t.ctx.db, t.clock.now(), 10)).toEqual([]);
      t.clock.advance(0.001);
      expect(await takeDueDeliveries(t.ctx.db, t.clock.now(), 10)).toEqual([delivery.id]);
    }
    expect(await onlyDelivery(t.ctx, t.site)).toMatchObject({
      status: "dead",
      lastError: "http_status",
      lastStatusCode: 500,
      nextAttemptAt: null,
      finishedAt: t.clock.now(),
      attemptLog: Array.from({ length: ATTEMPTS_MAX }, (_, index) => ({
        number: ATTEMPTS_MAX - index,
        outcome: "failed",
        responseExcerpt: "broken",
      })),
    });
    const { requests } = t.receiver;
    expect(new Set(requests.map(({ body }) => body.toString("hex"))).size).toBe(1);
    expect(new Set(requests.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    expect(new Set(requests.map(({ headers }) => headers["webhook-timestamp"])).size).toBe(ATTEMPTS_MAX);
    for (const request of requests) {
      expect(request.headers["webhook-signature"]).toBe(expectedSignature(secret, request));
    }
    t.clock.advance(365 * 86_400);
    await deliverAll(t.ctx);
    expect(requests).toHaveLength(ATTEMPTS_MAX);
  });

  it("waits as long as Retry-After asks, and so do the other deliveries to this endpoint", async () => {
    await using t = await setUp({ respond: { status: 429, headers: { "retry-after": "1000" } } });
    const { endpoint } = await addEndpoint(t.ctx, t.site, t.receiver.origin);
    const startedAt = t.clock.now();
    await emitEvent(t.ctx, t.site);
    await deliverAll(t.ctx);
    const delivery = await onlyDelivery(t.ctx, t.site);
    expect(secondsFrom(startedAt, delivery.nextAttemptAt)).toBeGreaterThanOrEqual(1_000);
    expect(secondsFrom(startedAt, (await getEndpoint(t.ctx, t.site, endpoint.id)).pausedUntil)).toBe(1_000);

    t.receiver.setRespond({ status: 204 });
    t.clock.advance(999);
    await emitEvent(t.ctx, t.site);
    t.clock.advance(0.5);
    await deliverAll(t.ctx);
    expect(await takeDueDeliveries(t.ctx.db, t.clock.now(), 10)).toEqual([]);
    expect(t.receiver.requests).toHaveLength(1);
    t.clock.advance(0.5);
    await deliverAll(t.ctx);
    expect(t.receiver.requests).toHaveLength(2);
  });

  it("is told by the attempt when the endpoint's secret cannot be read", async () => {
    await using t = await setUp();
    await addEndpoint(t.ctx, t.site, t.receiver.origin);
    await emitEvent(t.ctx, t.site);
    await t.ctx.db.kysely
      .updateTable("endpoints")
      .set({ secret_sealed: Buffer.from("garbled") })
      .execute();
    await deliverAll(t.ctx);
    expect(t.receiver.requests).toHaveLength(0);
    expect(await onlyDelivery(t.ctx, t.site)).toMatchObject({
      status: "pending",
      attemptLog: [{ error: "invalid_request", errorDetail: "SECRET_UNREADABLE" }],
    });
  });

  it("is refused again when it is sent, should the address not be public any more", async () => {
    await using t = await setUp();
    await addEndpoint(t.ctx, t.site, t.receiver.origin);
    await emitEvent(t.ctx, t.site);
    await using strict = await openTestContext({ env: { WEBHOOK_ALLOW_CIDRS: "192.0.2.1/32" } });
    await deliverAll({ ...t.ctx, webhooks: strict.webhooks });
    expect(t.receiver.connections.accepted).toBe(0);
    expect(await onlyDelivery(t.ctx, t.site)).toMatchObject({
      status: "pending",
      attemptLog: [{ error: "refused_address", statusCode: null }],
    });
  });
});

describe("410 Gone", () => {
  it("disables the endpoint, which keeps what it is owed until it is enabled again", async () => {
    await using t = await setUp({ respond: { status: 410 } });
    const { endpoint } = await addEndpoint(t.ctx, t.site, t.receiver.origin);
    const first = await emitEvent(t.ctx, t.site);
    await deliverAll(t.ctx);
    expect(await getEndpoint(t.ctx, t.site, endpoint.id)).toMatchObject({
      enabled: false,
      disabledReason: "gone",
      disabledAt: t.clock.now(),
    });
    expect(await onlyDelivery(t.ctx, t.site)).toMatchObject({ status: "pending", lastStatusCode: 410 });

    const second = await emitEvent(t.ctx, t.site);
    t.clock.advance(86_400);
    await deliverAll(t.ctx);
    expect(await takeDueDeliveries(t.ctx.db, t.clock.now(), 10)).toEqual([]);
    expect(t.receiver.requests).toHaveLength(1);

    t.receiver.setRespond({ status: 204 });
    await enableEndpoint(t.ctx, t.site, endpoint.id);
    const due = await takeDueDeliveries(t.ctx.db, t.clock.now(), 10);
    await deliver(t.ctx, due);
    expect(
      t.receiver.requests
        .slice(1)
        .map(({ headers }) => headers["webhook-id"])
        .toSorted(),
    ).toEqual([first, second]);
  });

  it("does not disable an endpoint whose URL was changed meanwhile", async () => {
    await using t = await setUp();
    const { endpoint } = await addEndpoint(t.ctx, t.site, `${t.receiver.origin}/old`);
    t.receiver.setRespond(async () => {
      const url = `${t.receiver.origin}/new`;
      await t.ctx.db.kysely.updateTable("endpoints").set({ url }).execute();
      return { status: 410 };
    });
    await emitEvent(t.ctx, t.site);
    await deliverAll(t.ctx);
    expect(await getEndpoint(t.ctx, t.site, endpoint.id)).toMatchObject({ enabled: true });
    t.receiver.setRespond({ status: 204 });
    await deliverAll(t.ctx);
    expect(t.receiver.requests.map(({ url }) => url)).toEqual(["/old", "/new"]);
  });
});

describe("a disabled endpoint", () => {
  it("gets the events of its first 30 days when it is enabled again, and no later ones", async () => {
    await using t = await setUp();
    const { endpoint } = await addEndpoint(t.ctx, t.site, t.receiver.origin);
    await disableEndpoint(t.ctx, t.site, endpoint.id);
    t.clock.advance(30 * 86_400 - 1);
    const kept = await emitEvent(t.ctx, t.site);
    t.clock.advance(2);
    await emitEvent(t.ctx, t.site);
    await deliverAll(t.ctx);
    expect(t.receiver.requests).toHaveLength(0);
    await enableEndpoint(t.ctx, t.site, endpoint.id);
    await deliverAll(t.ctx);
    expect(t.receiver.requests.map(({ headers }) => headers["webhook-id"])).toEqual([kept]);
  });
});

describe("a removed endpoint", () => {
  it("leaves what it was owed as dead letters, also what a slower transaction adds", async () => {
    await using t = await setUp();
    const { endpoint } = await addEndpoint(t.ctx, t.site, t.receiver.origin);
    await emitEvent(t.ctx, t.site);
    const { id } = await onlyDelivery(t.ctx, t.site);
    await removeEndpoint(t.ctx, t.site, endpoint.id);
    expect(await getDelivery(t.ctx, t.site, id)).toMatchObject({
      status: "dead",
      lastError: "endpoint_removed",
    });
    await t.ctx.db.kysely.updateTable("deliveries").set({ status: "pending", last_error: null }).execute();
    await deliverAll(t.ctx);
    expect(await getDelivery(t.ctx, t.site, id)).toMatchObject({
      status: "dead",
      lastError: "endpoint_removed",
    });
    expect(t.receiver.requests).toHaveLength(0);
  });
});

describe("two workers", () => {
  it("send a delivery once when both are handed it", async () => {
    await using t = await setUp({ respond: { status: 204, delayMs: 50 } });
    await addEndpoint(t.ctx, t.site, t.receiver.origin);
    for (let count = 0; count < 5; count += 1) await emitEvent(t.ctx, t.site);
    await Promise.all([deliverAll(t.ctx), deliverAll(t.ctx), deliverAll(t.ctx)]);
    expect(t.receiver.requests).toHaveLength(5);
    expect(new Set(t.receiver.requests.map(({ headers }) => headers["webhook-id"])).size).toBe(5);
  });

  it("do not undo each other: a failure that comes after the lease was lost is not written, a success is", async () => {
    await using t = await setUp();
    await addEndpoint(t.ctx, t.site, t.receiver.origin);
    await emitEvent(t.ctx, t.site);
    const gate = Promise.withResolvers<{ status: number }>();
    t.receiver.setRespond((_, index) => (index === 0 ? gate.promise : { status: 500 }));
    const slow = deliverAll(t.ctx);
    await t.receiver.waitFor(1);
    t.clock.advance(LEASE_MS / 1_000);
    await deliverAll(t.ctx);
    const dueAt = (await onlyDelivery(t.ctx, t.site)).nextAttemptAt;
    gate.resolve({ status: 503 });
    await slow;
    expect(await onlyDelivery(t.ctx, t.site)).toMatchObject({ attempts: 1, nextAttemptAt: dueAt });

    const second = Promise.withResolvers<{ status: number }>();
    t.receiver.setRespond((_, index) => (index === 0 ? second.promise : { status: 500 }));
    t.clock.advance(3_600);
    const late = deliverAll(t.ctx);
    await t.receiver.waitFor(3);
    t.clock.advance(LEASE_MS / 1_000);
    await deliverAll(t.ctx);
    second.resolve({ status: 204 });
    await late;
    expect(await onlyDelivery(t.ctx, t.site)).toMatchObject({ status: "delivered", attempts: 3 });
  });
});

describe("a worker", () => {
  it("that cannot write down what it sent leaves the delivery to be sent again, with the same id", async () => {
    await using t = await setUp();
    await addEndpoint(t.ctx, t.site, t.receiver.origin);
    await emitEvent(t.ctx, t.site);
    const lost = new Error("the connection to the store was lost");
    const broken = { ...t.ctx, db: { ...t.ctx.db, transaction: () => Promise.reject(lost) } };
    await expect(deliverAll(broken)).rejects.toBe(lost);
    expect(await onlyDelivery(t.ctx, t.site)).toMatchObject({ status: "pending", attempts: 0 });
    await deliverAll(t.ctx);
    expect(t.receiver.requests).toHaveLength(1);
    t.clock.advance(LEASE_MS / 1_000);
    const due = await takeDueDeliveries(t.ctx.db, t.clock.now(), 10);
    await deliver(t.ctx, due);
    expect(t.receiver.requests).toHaveLength(2);
    const [first, second] = t.receiver.requests;
    expect(second?.headers["webhook-id"]).toBe(first?.headers["webhook-id"]);
    expect(second?.body).toEqual(first?.body);
    expect(await onlyDelivery(t.ctx, t.site)).toMatchObject({ status: "delivered" });
  });

  it("that is killed between sending and writing it down leaves the delivery to the next one", async () => {
    await using t = await setUp({ respond: { fault: "hang" } });
    await addEndpoint(t.ctx, t.site, t.receiver.origin);
    await emitEvent(t.ctx, t.site);
    const env = { DATABASE_URL: t.ctx.databaseUrl, DELIVERY_IDS: (await deliveryIds(t.ctx)).join(",") };
    const script = fileURLToPath(new URL("deliver-child.ts", import.meta.url));
    const child = spawn(process.execPath, [script], { env: { ...process.env, ...env }, stdio: "inherit" });
    const exited = once(child, "exit");
    await t.receiver.waitFor(1);
    child.kill("SIGKILL");
    await exited;
    t.receiver.setRespond({ status: 204 });
    await deliverAll(t.ctx);
    expect(t.receiver.requests).toHaveLength(1);
    // The child lived by the system's clock, which has gone on since this one was set.
    t.clock.advance((Date.now() - t.clock.nowMs() + LEASE_MS) / 1_000);
    const due = await takeDueDeliveries(t.ctx.db, t.clock.now(), 10);
    await deliver(t.ctx, due);
    const [first, second] = t.receiver.requests;
    expect(second?.headers["webhook-id"]).toBe(first?.headers["webhook-id"]);
    expect(second?.body).toEqual(first?.body);
    expect(await onlyDelivery(t.ctx, t.site)).toMatchObject({ status: "delivered", attempts: 1 });
  });

  it("starts nothing more once it is aborted, and finishes what is under way", async () => {
    await using t = await setUp();
    await addEndpoint(t.ctx, t.site, t.receiver.origin);
    const count = SENDING_PER_ENDPOINT_MAX + 3;
    for (let made = 0; made < count; made += 1) await emitEvent(t.ctx, t.site);
    const gate = Promise.withResolvers<{ status: number }>();
    t.receiver.setRespond(() => gate.promise);
    const abort = new AbortController();
    const delivering = deliverAll(t.ctx, abort.signal);
    await t.receiver.waitFor(SENDING_PER_ENDPOINT_MAX);
    abort.abort();
    gate.resolve({ status: 204 });
    await delivering;
    expect(t.receiver.requests).toHaveLength(SENDING_PER_ENDPOINT_MAX);
    await deliverAll(t.ctx, abort.signal);
    expect(t.receiver.requests).toHaveLength(SENDING_PER_ENDPOINT_MAX);
    t.clock.advance(1);
    const due = await takeDueDeliveries(t.ctx.db, t.clock.now(), 50);
    expect(due).toHaveLength(3);
    await deliver(t.ctx, due);
    expect(t.receiver.requests).toHaveLength(count);
  });

  it("sends a limited number at a time to one endpoint, and to another meanwhile", async () => {
    await using t = await setUp();
    await using other = await startReceiver();
    await addEndpoint(t.ctx, t.site, t.receiver.origin);
    await addEndpoint(t.ctx, t.site, other.origin);
    let open = 0;
    let openMax = 0;
    const gate = Promise.withResolvers<undefined>();
    t.receiver.setRespond(async () => {
      open += 1;
      openMax = Math.max(openMax, open);
      await gate.promise;
      open -= 1;
      return { status: 204 };
    });
    const count = SENDING_PER_ENDPOINT_MAX + 5;
    for (let made = 0; made < count; made += 1) await emitEvent(t.ctx, t.site);
    const delivering = deliverAll(t.ctx);
    await other.waitFor(count);
    gate.resolve(undefined);
    await delivering;
    expect(openMax).toBe(SENDING_PER_ENDPOINT_MAX);
    expect(t.receiver.requests).toHaveLength(count);
  });
});

describe("a sweep", () => {
  it("hands out what is due once, shares between endpoints, and comes back to what was not done", async () => {
    await using t = await setUp();
    const busy = await addEndpoint(t.ctx, t.site, t.receiver.origin, { types: ["comment.published"] });
    const quiet = await addEndpoint(t.ctx, t.site, t.receiver.origin, { types: ["comment.held"] });
    for (let made = 0; made < 120; made += 1) await emitEvent(t.ctx, t.site, "comment.published");
    await emitEvent(t.ctx, t.site, "comment.held");
    const take = () => takeDueDeliveries(t.ctx.db, t.clock.now(), 500);
    expect(await take()).toEqual([]);
    t.clock.advance(10);
    const first = await take();
    const busyIds = await deliveryIds(t.ctx, busy.endpoint.id);
    expect(first).toHaveLength(101);
    expect(first).toEqual(expect.arrayContaining(await deliveryIds(t.ctx, quiet.endpoint.id)));
    expect((await take()).toSorted()).toEqual(busyIds.filter((id) => !first.includes(id)).toSorted());
    expect(await take()).toEqual([]);
    t.clock.advance(9.9);
    expect(await take()).toEqual([]);
    t.clock.advance(0.1);
    expect(await take()).toHaveLength(101);
  });

  it("leaves alone what a worker is sending", async () => {
    await using t = await setUp();
    await addEndpoint(t.ctx, t.site, t.receiver.origin);
    await emitEvent(t.ctx, t.site);
    const gate = Promise.withResolvers<{ status: number }>();
    t.receiver.setRespond(() => gate.promise);
    const delivering = deliverAll(t.ctx);
    await t.receiver.waitFor(1);
    t.clock.advance(LEASE_MS / 1_000 - 1);
    expect(await takeDueDeliveries(t.ctx.db, t.clock.now(), 10)).toEqual([]);
    t.clock.advance(1);
    expect(await takeDueDeliveries(t.ctx.db, t.clock.now(), 10)).toHaveLength(1);
    gate.resolve({ status: 204 });
    await delivering;
  });
});

describe("a rotated secret", () => {
  it("signs beside the one before for 24 hours, then alone", async () => {
    await using t = await setUp();
    const { endpoint, secret: old } = await addEndpoint(t.ctx, t.site, t.receiver.origin);
    const { secret: fresh } = await rotateSecret(t.ctx, { site: t.site, id: endpoint.id });
    await emitEvent(t.ctx, t.site);
    await deliverAll(t.ctx);
    const [both] = t.receiver.requests;
    if (!both) throw new Error("nothing arrived");
    expect(both.headers["webhook-signature"]).toBe(
      `${expectedSignature(fresh, both)} ${expectedSignature(old, both)}`,
    );
    for (const secret of [old, fresh]) {
      expect(() => new Webhook(secret).verify(both.body, headersOf(both))).not.toThrow();
    }
    t.clock.advance(86_400);
    await emitEvent(t.ctx, t.site);
    await deliverAll(t.ctx);
    const [, alone] = t.receiver.requests;
    if (!alone) throw new Error("nothing arrived");
    expect(alone.headers["webhook-signature"]).toBe(expectedSignature(fresh, alone));
  });
});
