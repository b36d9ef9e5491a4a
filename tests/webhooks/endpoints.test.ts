import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import type { Site } from "../../src/sites/site.ts";
import { disableEndpoint } from "../../src/webhooks/disable-endpoint.ts";
import { enableEndpoint } from "../../src/webhooks/enable-endpoint.ts";
import { getDelivery } from "../../src/webhooks/get-delivery.ts";
import { getEndpoint } from "../../src/webhooks/get-endpoint.ts";
import { getEvent } from "../../src/webhooks/get-event.ts";
import { createWebhookGuard } from "../../src/webhooks/guard.ts";
import { listDeliveries, type ListDeliveriesInput } from "../../src/webhooks/list-deliveries.ts";
import { listEndpoints } from "../../src/webhooks/list-endpoints.ts";
import { listEvents, type ListEventsInput } from "../../src/webhooks/list-events.ts";
import { removeEndpoint } from "../../src/webhooks/remove-endpoint.ts";
import { retryDelivery } from "../../src/webhooks/retry-delivery.ts";
import { rotateSecret } from "../../src/webhooks/rotate-secret.ts";
import { ATTEMPTS_MAX } from "../../src/webhooks/schedule.ts";
import { ENDPOINTS_PER_SITE_MAX } from "../../src/webhooks/schema.ts";
import { generateWebhookSecret } from "../../src/webhooks/secret.ts";
import { sendTest } from "../../src/webhooks/send-test.ts";
import { updateEndpoint } from "../../src/webhooks/update-endpoint.ts";
import { openTestContext, type TestContext } from "../support/context.ts";
import { createTestSite } from "../support/fixtures.ts";
import { startReceiver } from "../support/receiver.ts";
import {
  addEndpoint,
  createTestClock,
  deliverAll,
  deliveryIds,
  emitEvent,
  headersOf,
  onlyDelivery,
} from "./deliver-support.ts";

/** Never contacted: nothing is sent to it in these tests. */
const PUBLIC_URL = "https://93.184.215.14/hook";

const REFUSED = [
  ["http://127.0.0.1/hook", "refused_address"],
  ["https://127.0.0.1/hook", "refused_address"],
  ["https://2130706433/hook", "refused_address"],
  ["https://[::ffff:10.0.0.1]/hook", "refused_address"],
  ["https://169.254.169.254/latest/meta-data", "refused_address"],
  ["https://internal.example/hook", "refused_address"],
  ["https://unknown.example/hook", "dns"],
  ["https://user:password@93.184.215.14/hook", "refused_url"],
  ["https://93.184.215.14:22/hook", "refused_url"],
  ["ftp://93.184.215.14/hook", "refused_url"],
  ["not a URL", "refused_url"],
] as const;

async function setUp(env: Record<string, string> = {}) {
  await using stack = new AsyncDisposableStack();
  const clock = createTestClock();
  const ctx: TestContext = stack.use(await openTestContext({ clock, env }));
  const site = await createTestSite(ctx);
  const resources = stack.move();
  return { clock, ctx, site, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

async function sealedOf(ctx: TestContext): Promise<string> {
  const rows = await ctx.db.kysely.selectFrom("endpoints").selectAll().execute();
  return JSON.stringify(rows, (_, value: unknown) =>
    Buffer.isBuffer(value) ? value.toString("latin1") : value,
  );
}

describe("creating an endpoint", () => {
  it("makes a secret of its own for each, or takes the one given, and stores neither in the clear", async () => {
    await using t = await setUp();
    const first = await addEndpoint(t.ctx, t.site, PUBLIC_URL);
    const second = await addEndpoint(t.ctx, t.site, PUBLIC_URL);
    const own = generateWebhookSecret();
    const third = await addEndpoint(t.ctx, t.site, PUBLIC_URL, { secret: own });
    expect(first.secret).toMatch(/^whsec_/);
    expect(second.secret).not.toBe(first.secret);
    expect(third.secret).toBe(own);
    const listed = await listEndpoints(t.ctx, t.site);
    expect(listed.map(({ id }) => id)).toEqual([first, second, third].map(({ endpoint }) => endpoint.id));
    expect(listed[0]).toEqual({
      id: first.endpoint.id,
      url: PUBLIC_URL,
      description: null,
      types: [],
      enabled: true,
      disabledReason: null,
      disabledAt: null,
      pausedUntil: null,
      previousSecretUntil: null,
      createdAt: t.clock.now(),
      updatedAt: t.clock.now(),
    });
    const stored = await sealedOf(t.ctx);
    for (const { secret } of [first, second, third]) expect(stored).not.toContain(secret.slice(6));
  });

  it("refuses a URL that must not be contacted, and so does changing one", async () => {
    await using t = await setUp({ WEBHOOK_ALLOW_CIDRS: "" });
    const guard = createWebhookGuard({
      allowHttp: true,
      resolve: async (host) => (host === "internal.example" ? ["93.184.215.14", "10.0.0.7"] : []),
    });
    const ctx = { ...t.ctx, webhooks: { ...t.ctx.webhooks, guard } };
    const { endpoint } = await addEndpoint(ctx, t.site, PUBLIC_URL);
    for (const [url, reason] of REFUSED) {
      const refusal = { code: "invalid_input", reason, fields: [{ path: "url" }] };
      await expect(addEndpoint(ctx, t.site, url), url).rejects.toMatchObject(refusal);
      const change = updateEndpoint(ctx, { site: t.site, id: endpoint.id, fields: { url } });
      await expect(change, url).rejects.toMatchObject(refusal);
    }
    expect(await listEndpoints(t.ctx, t.site)).toEqual([endpoint]);
  });

  it("takes http only where the operator allows it", async () => {
    await using strict = await setUp({ WEBHOOK_ALLOW_HTTP: "false" });
    await expect(addEndpoint(strict.ctx, strict.site, "http://127.0.0.1/hook")).rejects.toMatchObject({
      reason: "refused_url",
    });
    await using open = await setUp({ WEBHOOK_ALLOW_HTTP: "true" });
    expect(await addEndpoint(open.ctx, open.site, "http://127.0.0.1:3000/hook")).toMatchObject({
      endpoint: { url: "http://127.0.0.1:3000/hook" },
    });
  });

  it("stops at the limit of the site, also for requests at the same moment", async () => {
    await using t = await setUp();
    const tries = Array.from({ length: ENDPOINTS_PER_SITE_MAX + 5 }, () =>
      addEndpoint(t.ctx, t.site, PUBLIC_URL),
    );
    const ends = await Promise.allSettled(tries);
    expect(await listEndpoints(t.ctx, t.site)).toHaveLength(ENDPOINTS_PER_SITE_MAX);
    const refused = ends.flatMap((end) => (end.status === "rejected" ? [end.reason as unknown] : []));
    expect(refused).toHaveLength(5);
    for (const error of refused) expect(error).toMatchObject({ code: "conflict", reason: "endpoints_max" });
    const other = await createTestSite(t.ctx, { key: "other" });
    await expect(addEndpoint(t.ctx, other, PUBLIC_URL)).resolves.toBeDefined();
  });

  it("refuses a secret of the wrong form without repeating it", async () => {
    await using t = await setUp();
    for (const secret of ["hunter2hunter2", "whsec_c2hvcnQ="]) {
      const error: unknown = await addEndpoint(t.ctx, t.site, PUBLIC_URL, { secret }).catch(
        (thrown) => thrown,
      );
      expect(error).toMatchObject({ code: "invalid_input", fields: [{ path: "secret" }] });
      expect(JSON.stringify([error, String(error)])).not.toContain(secret);
    }
  });
});

describe("changing an endpoint", () => {
  it("changes what is given and nothing else", async () => {
    await using t = await setUp();
    const { endpoint } = await addEndpoint(t.ctx, t.site, PUBLIC_URL, { types: ["comment.held"] });
    t.clock.advance(60);
    const fields = { description: "to the newsroom" };
    const described = await updateEndpoint(t.ctx, { site: t.site, id: endpoint.id, fields });
    expect(described).toEqual({ ...endpoint, ...fields, updatedAt: t.clock.now() });
    const emptied = await updateEndpoint(t.ctx, {
      site: t.site,
      id: endpoint.id,
      fields: { description: null, types: [] },
    });
    expect(emptied).toEqual({ ...endpoint, types: [], updatedAt: t.clock.now() });
  });

  it("keeps why and since when it is disabled, until it is enabled", async () => {
    await using t = await setUp();
    const { endpoint } = await addEndpoint(t.ctx, t.site, PUBLIC_URL);
    const since = t.clock.now();
    await disableEndpoint(t.ctx, t.site, endpoint.id);
    t.clock.advance(60);
    expect(await disableEndpoint(t.ctx, t.site, endpoint.id)).toMatchObject({
      enabled: false,
      disabledReason: "manual",
      disabledAt: since,
    });
    expect(await enableEndpoint(t.ctx, t.site, endpoint.id)).toMatchObject({
      enabled: true,
      disabledReason: null,
      disabledAt: null,
    });
  });

  it("ends the oldest secret with the second rotation within a day", async () => {
    await using receiver = await startReceiver();
    await using t = await setUp();
    const { endpoint, secret: oldest } = await addEndpoint(t.ctx, t.site, receiver.origin);
    const rotate = (secret?: string) => rotateSecret(t.ctx, { site: t.site, id: endpoint.id, secret });
    const { secret: middle } = await rotate();
    const given = generateWebhookSecret();
    expect(await rotate(given)).toMatchObject({
      secret: given,
      endpoint: { previousSecretUntil: new Date(t.clock.nowMs() + 86_400_000) },
    });
    await emitEvent(t.ctx, t.site);
    await deliverAll(t.ctx);
    const [request] = receiver.requests;
    if (!request) throw new Error("nothing arrived");
    const verify = (secret: string) => new Webhook(secret).verify(request.body, headersOf(request));
    expect(() => verify(given)).not.toThrow();
    expect(() => verify(middle)).not.toThrow();
    expect(() => verify(oldest)).toThrow();
    t.clock.advance(86_400);
    expect(await getEndpoint(t.ctx, t.site, endpoint.id)).toMatchObject({ previousSecretUntil: null });
  });
});

describe("a test event", () => {
  it("goes to its endpoint alone, on the way of all others", async () => {
    await using receiver = await startReceiver();
    await using t = await setUp();
    const { endpoint, secret } = await addEndpoint(t.ctx, t.site, receiver.origin, {
      types: ["comment.held"],
    });
    await addEndpoint(t.ctx, t.site, receiver.origin);
    const sent = await sendTest(t.ctx, t.site, endpoint.id);
    expect(sent).toMatchObject({ status: "pending", event: { type: "endpoint.test", commentId: null } });
    await t.ctx.processAll();
    expect(receiver.requests).toHaveLength(1);
    const [request] = receiver.requests;
    if (!request) throw new Error("nothing arrived");
    expect(new Webhook(secret).verify(request.body, headersOf(request))).toEqual({
      type: "endpoint.test",
      timestamp: t.clock.now().toISOString(),
      data: { site: t.site.key, endpoint: { id: endpoint.id } },
    });
    expect(await getDelivery(t.ctx, t.site, sent.id)).toMatchObject({ status: "delivered" });
  });

  it("is refused for a disabled endpoint", async () => {
    await using t = await setUp();
    const { endpoint } = await addEndpoint(t.ctx, t.site, PUBLIC_URL);
    await disableEndpoint(t.ctx, t.site, endpoint.id);
    await expect(sendTest(t.ctx, t.site, endpoint.id)).rejects.toMatchObject({ reason: "endpoint_disabled" });
    expect(await deliveryIds(t.ctx)).toEqual([]);
  });
});

describe("retrying a delivery", () => {
  it("makes the next attempt now; past the last each is one more, and a delivered one goes again", async () => {
    await using receiver = await startReceiver({ respond: { status: 500 } });
    await using t = await setUp();
    const { endpoint } = await addEndpoint(t.ctx, t.site, receiver.origin);
    await emitEvent(t.ctx, t.site);
    await deliverAll(t.ctx);
    await deliverAll(t.ctx);
    expect(receiver.requests).toHaveLength(1);
    const { id } = await onlyDelivery(t.ctx, t.site);
    const retry = async () => {
      await retryDelivery(t.ctx, t.site, id);
      await deliverAll(t.ctx);
      return onlyDelivery(t.ctx, t.site);
    };
    for (let attempt = 2; attempt < ATTEMPTS_MAX; attempt += 1) {
      expect(await retry()).toMatchObject({ status: "pending", attempts: attempt });
    }
    expect(await retry()).toMatchObject({ status: "dead", attempts: ATTEMPTS_MAX });
    expect(await retry()).toMatchObject({ status: "dead", attempts: ATTEMPTS_MAX + 1 });
    receiver.setRespond({ status: 200 });
    expect(await retry()).toMatchObject({ status: "delivered", attempts: ATTEMPTS_MAX + 2 });
    expect(await retry()).toMatchObject({ status: "delivered", attempts: ATTEMPTS_MAX + 3 });
    expect(new Set(receiver.requests.map(({ headers }) => headers["webhook-id"])).size).toBe(1);

    await disableEndpoint(t.ctx, t.site, endpoint.id);
    await expect(retry()).rejects.toMatchObject({ code: "conflict", reason: "endpoint_disabled" });
    await removeEndpoint(t.ctx, t.site, endpoint.id);
    await expect(retry()).rejects.toMatchObject({ code: "conflict", reason: "endpoint_removed" });
  });

  it("leaves alone what is being sent at this moment", async () => {
    const gate = Promise.withResolvers<{ status: number }>();
    await using receiver = await startReceiver({ respond: () => gate.promise });
    await using t = await setUp();
    await addEndpoint(t.ctx, t.site, receiver.origin);
    await emitEvent(t.ctx, t.site);
    const delivering = deliverAll(t.ctx);
    await receiver.waitFor(1);
    const { id } = await onlyDelivery(t.ctx, t.site);
    await retryDelivery(t.ctx, t.site, id);
    await deliverAll(t.ctx);
    gate.resolve({ status: 204 });
    await delivering;
    expect(receiver.requests).toHaveLength(1);
    expect(await onlyDelivery(t.ctx, t.site)).toMatchObject({ status: "delivered" });
  });
});

async function allDeliveries(t: { ctx: TestContext; site: Site }, filters: Partial<ListDeliveriesInput>) {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const all = { status: null, type: null, endpointId: null, eventId: null, limit: 2 };
    const page = await listDeliveries(t.ctx, { site: t.site, ...all, ...filters, cursor });
    expect(page.deliveries.length).toBeLessThanOrEqual(2);
    ids.push(...page.deliveries.map(({ id }) => id));
    cursor = page.next;
  } while (cursor !== null);
  return ids;
}

describe("lists", () => {
  it("page through deliveries, newest first, by status, type, endpoint and event", async () => {
    await using receiver = await startReceiver();
    await using t = await setUp();
    const { endpoint } = await addEndpoint(t.ctx, t.site, receiver.origin);
    const failing = await addEndpoint(t.ctx, t.site, PUBLIC_URL, { types: ["comment.held"] });
    await disableEndpoint(t.ctx, t.site, failing.endpoint.id);
    for (let made = 0; made < 3; made += 1) await emitEvent(t.ctx, t.site, "comment.published");
    const held = await emitEvent(t.ctx, t.site, "comment.held");
    await deliverAll(t.ctx);
    const all = (await deliveryIds(t.ctx)).toReversed();
    expect(all).toHaveLength(5);
    const toFailing = await deliveryIds(t.ctx, failing.endpoint.id);
    expect(await allDeliveries(t, {})).toEqual(all);
    expect(await allDeliveries(t, { status: "pending" })).toEqual(toFailing);
    expect(await allDeliveries(t, { status: "delivered" })).toEqual(
      all.filter((id) => !toFailing.includes(id)),
    );
    expect(await allDeliveries(t, { status: "dead" })).toEqual([]);
    expect(await allDeliveries(t, { endpointId: failing.endpoint.id })).toEqual(toFailing);
    expect(await allDeliveries(t, { type: "comment.held" })).toHaveLength(2);
    expect(await allDeliveries(t, { eventId: held })).toHaveLength(2);
    const narrow = {
      status: "delivered",
      type: "comment.held",
      endpointId: endpoint.id,
      eventId: held,
    } as const;
    expect(await allDeliveries(t, narrow)).toHaveLength(1);
    const other = await createTestSite(t.ctx, { key: "other" });
    expect(await allDeliveries({ ctx: t.ctx, site: other }, {})).toEqual([]);
  });

  it("page through events by time, either way, by type and from a time on", async () => {
    await using t = await setUp();
    const list = async (input: Partial<ListEventsInput>) => {
      const ids: string[] = [];
      let cursor: string | null = null;
      do {
        const rest = { type: null, since: null, sort: "oldest", limit: 2 } as const;
        const page = await listEvents(t.ctx, { site: t.site, ...rest, ...input, cursor });
        ids.push(...page.events.map(({ id }) => id));
        cursor = page.next;
      } while (cursor !== null);
      return ids;
    };
    const ids: string[] = [];
    for (let made = 0; made < 5; made += 1) {
      t.clock.advance(1);
      ids.push(await emitEvent(t.ctx, t.site, made === 1 ? "comment.held" : "comment.published"));
    }
    const third = new Date(t.clock.nowMs() - 2_000);
    expect(await list({})).toEqual(ids);
    expect(await list({ sort: "newest" })).toEqual(ids.toReversed());
    expect(await list({ type: "comment.held" })).toEqual([ids[1]]);
    expect(await list({ since: third })).toEqual(ids.slice(2));
    expect(await list({ since: third, sort: "newest" })).toEqual(ids.slice(2).toReversed());
    expect(await list({ since: new Date(third.getTime() + 1) })).toEqual(ids.slice(3));
    expect(await getEvent(t.ctx, t.site, ids[1] ?? "")).toMatchObject({
      type: "comment.held",
      payload: { type: "comment.held", data: { site: t.site.key, comment: { name: "Olena" } } },
    });
  });

  it("refuse a cursor of another list", async () => {
    await using t = await setUp();
    for (let made = 0; made < 3; made += 1) await emitEvent(t.ctx, t.site);
    const input = { site: t.site, type: null, since: null, sort: "oldest", limit: 1 } as const;
    const { next } = await listEvents(t.ctx, { ...input, cursor: null });
    expect(next).not.toBeNull();
    await expect(listEvents(t.ctx, { ...input, sort: "newest", cursor: next })).rejects.toMatchObject({
      code: "invalid_input",
    });
    const other = await createTestSite(t.ctx, { key: "other" });
    await expect(listEvents(t.ctx, { ...input, site: other, cursor: next })).rejects.toMatchObject({
      code: "invalid_input",
    });
  });
});

describe("another site", () => {
  it("can neither see nor change what is of this one", async () => {
    await using t = await setUp();
    const site = await createTestSite(t.ctx, { key: "other" });
    const { endpoint } = await addEndpoint(t.ctx, t.site, PUBLIC_URL);
    const event = await emitEvent(t.ctx, t.site);
    const [delivery = ""] = await deliveryIds(t.ctx);
    const { id } = endpoint;
    const tries = [
      () => getEndpoint(t.ctx, site, id),
      () => updateEndpoint(t.ctx, { site, id, fields: { description: "mine now" } }),
      () => rotateSecret(t.ctx, { site, id }),
      () => enableEndpoint(t.ctx, site, id),
      () => disableEndpoint(t.ctx, site, id),
      () => removeEndpoint(t.ctx, site, id),
      () => sendTest(t.ctx, site, id),
      () => getDelivery(t.ctx, site, delivery),
      () => retryDelivery(t.ctx, site, delivery),
      () => getEvent(t.ctx, site, event),
    ];
    for (const attempt of tries) await expect(attempt()).rejects.toMatchObject({ code: "not_found" });
    expect(await listEndpoints(t.ctx, site)).toEqual([]);
    expect(await listEndpoints(t.ctx, t.site)).toEqual([endpoint]);
    expect(await onlyDelivery(t.ctx, t.site)).toMatchObject({ status: "pending" });
  });
});
