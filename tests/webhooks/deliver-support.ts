import { Webhook } from "standardwebhooks";
import { expect } from "vitest";
import type { Clock } from "../../src/clock.ts";
import type { Context } from "../../src/context.ts";
import { newId } from "../../src/ids.ts";
import type { Site } from "../../src/sites/site.ts";
import { createAttemptRecorder } from "../../src/webhooks/attempt-recorder.ts";
import { createEndpoint } from "../../src/webhooks/create-endpoint.ts";
import { deliverWebhooks } from "../../src/webhooks/deliver.ts";
import type { Endpoint } from "../../src/webhooks/endpoint.ts";
import { emitEvents } from "../../src/webhooks/emit.ts";
import type { EventType } from "../../src/webhooks/events.ts";
import { getDelivery } from "../../src/webhooks/get-delivery.ts";
import { newEndpointSchema } from "../../src/webhooks/schema.ts";
import type { ReceivedRequest } from "../support/receiver.ts";

export type TestClock = Clock & { advance(seconds: number): void };

/** Starts now, since receivers compare timestamps with their own clock, and moves only when told. */
export function createTestClock(): TestClock {
  let at = Date.now();
  return {
    now: () => new Date(at),
    nowMs: () => at,
    advance: (seconds) => {
      at += Math.round(seconds * 1_000);
    },
  };
}

export async function addEndpoint(
  ctx: Context,
  site: Site,
  url: string,
  fields: { types?: EventType[]; secret?: string } = {},
): Promise<{ endpoint: Endpoint; secret: string }> {
  return createEndpoint(ctx, { site, fields: newEndpointSchema.parse({ url, ...fields }) });
}

/** Makes an event as a published comment does; returns its id. */
export async function emitEvent(
  ctx: Context,
  site: Site,
  type: EventType = "comment.published",
): Promise<string> {
  const at = ctx.clock.now();
  const commentId = newId(at.getTime());
  const comment = {
    id: commentId,
    siteKey: site.key,
    thread: { key: "article", url: "https://paper.example/article", title: "Zoë" },
    parentId: null,
    name: "Olena",
    website: null,
    body: "Слава — “quoted” \u{1F33B}",
    revision: 1,
    createdAt: at,
  };
  const facts = { type, comment, status: "published", version: 2, decision: null, at } as const;
  await ctx.db.transaction((tx) => emitEvents(ctx, tx, [{ siteId: site.id, facts }]));
  const row = await ctx.db.kysely
    .selectFrom("events")
    .select("id")
    .where("comment_id", "=", commentId)
    .executeTakeFirstOrThrow();
  return row.id;
}

export async function deliveryIds(ctx: Context, endpointId?: string): Promise<string[]> {
  let query = ctx.db.kysely.selectFrom("deliveries").select("id").orderBy("id");
  if (endpointId !== undefined) query = query.where("endpoint_id", "=", endpointId);
  return (await query.execute()).map((row) => row.id);
}

/** One round of the worker over all deliveries there are. */
export async function deliverAll(ctx: Context, signal = new AbortController().signal): Promise<void> {
  await deliver(ctx, await deliveryIds(ctx), signal);
}

/** One round of the worker over these, until everything is written down. */
export async function deliver(
  ctx: Context,
  ids: string[],
  stopping = new AbortController().signal,
): Promise<void> {
  const sender = {
    stopping,
    abandoned: new AbortController().signal,
    recorder: createAttemptRecorder(ctx),
  };
  const { finished } = await deliverWebhooks(ctx, ids, sender);
  await finished;
}

export async function onlyDelivery(ctx: Context, site: Site) {
  const [id, ...others] = await deliveryIds(ctx);
  expect(others).toEqual([]);
  return getDelivery(ctx, site, id ?? "");
}

export function headersOf({ headers }: ReceivedRequest): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

/** The signature that the reference implementation makes for a request, whatever time it is. */
export function expectedSignature(secret: string, request: ReceivedRequest): string {
  const { "webhook-id": id = "", "webhook-timestamp": timestamp = "" } = headersOf(request);
  return new Webhook(secret).sign(id, new Date(Number(timestamp) * 1_000), request.body.toString());
}
