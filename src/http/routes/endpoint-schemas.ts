import { z } from "@hono/zod-openapi";
import { PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX } from "../../sites/limits.ts";
import { ATTEMPT_ERRORS } from "../../webhooks/attempt-error.ts";
import { DELIVERY_STATUSES } from "../../webhooks/delivery.ts";
import { DISABLED_REASONS } from "../../webhooks/endpoint.ts";
import { EVENT_TYPES } from "../../webhooks/events.ts";
import { EVENT_SORTS } from "../../webhooks/list-events.ts";
import { TEST_EVENT_TYPE } from "../../webhooks/send-test.ts";
import { siteParam } from "./common.ts";

const time = z.iso.datetime();
const cursor = z.string().max(4_096).optional();
const limit = z.coerce.number().int().min(1).max(PAGE_SIZE_MAX).default(PAGE_SIZE_DEFAULT);
const next = z.string().nullable().openapi({ description: "Cursor of the next page." });
const anyType = z.enum([...EVENT_TYPES, TEST_EVENT_TYPE]);

export const ownId = z.object({ site: siteParam, id: z.uuid() });
export const deliveryId = z.object({ site: siteParam, id: z.string().openapi({ example: "4711" }) });

const endpoint = z.object({
  id: z.uuid(),
  url: z.url(),
  description: z.string().nullable(),
  types: z.array(z.enum(EVENT_TYPES)).openapi({ description: "Empty: all types." }),
  enabled: z.boolean(),
  disabledReason: z
    .enum(DISABLED_REASONS)
    .nullable()
    .openapi({ description: "`gone`: the receiver answered 410." }),
  disabledAt: time.nullable(),
  pausedUntil: time
    .nullable()
    .openapi({ description: "The receiver asked for a rest; nothing is sent before." }),
  previousSecretUntil: time
    .nullable()
    .openapi({ description: "Until when the secret before the last rotation also signs." }),
  createdAt: time,
  updatedAt: time,
});

export const endpointSchema = endpoint.openapi("Endpoint");

export const endpointWithSecretSchema = endpoint
  .extend({
    secret: z
      .string()
      .openapi({ description: "Shown here and never again.", example: "whsec_MfKQ9r8GKYqr…" }),
  })
  .openapi("EndpointWithSecret");

export const endpointListSchema = z.object({ endpoints: z.array(endpointSchema) }).openapi("EndpointList");

const delivery = z.object({
  id: z.string(),
  status: z.enum(DELIVERY_STATUSES),
  event: z.object({ id: z.uuid(), type: anyType, commentId: z.uuid().nullable() }),
  endpointId: z.uuid(),
  attempts: z.int().openapi({ description: "Attempts made." }),
  nextAttemptAt: time.nullable().openapi({
    description: "When the next attempt is owed, if the endpoint is enabled and not paused by then.",
  }),
  lastError: z.enum([...ATTEMPT_ERRORS, "endpoint_removed"]).nullable(),
  lastStatusCode: z.int().nullable(),
  createdAt: time,
  finishedAt: time.nullable(),
});

export const deliverySchema = delivery
  .extend({
    attemptLog: z
      .array(
        z.object({
          number: z.int(),
          outcome: z.enum(["delivered", "failed", "gone"]),
          statusCode: z.int().nullable(),
          error: z.enum(ATTEMPT_ERRORS).nullable(),
          errorDetail: z.string().nullable(),
          responseExcerpt: z.string().openapi({ description: "The start of the answer, as plain text." }),
          durationMs: z.int(),
          startedAt: time,
        }),
      )
      .openapi({ description: "Latest first." }),
  })
  .openapi("Delivery");

export const deliveryListSchema = z
  .object({ deliveries: z.array(delivery.openapi("DeliverySummary")), next })
  .openapi("DeliveryList");

export const deliveryQuery = z.object({
  status: z.enum(DELIVERY_STATUSES).optional(),
  type: anyType.optional(),
  endpoint: z.uuid().toLowerCase().optional(),
  event: z.uuid().toLowerCase().optional(),
  limit,
  cursor,
});

const event = z.object({ id: z.uuid(), type: anyType, commentId: z.uuid().nullable(), createdAt: time });

export const eventSchema = event
  .extend({
    payload: z.looseObject({ type: z.string(), timestamp: time, data: z.looseObject({}) }).openapi({
      description: "What deliveries of this event send.",
    }),
  })
  .openapi("Event");

export const eventListSchema = z
  .object({ events: z.array(event.openapi("EventSummary")), next })
  .openapi("EventList");

export const eventQuery = z.object({
  type: anyType.optional(),
  since: z.iso
    .datetime({ offset: true })
    .optional()
    .openapi({ description: "Only events from this time on.", example: "2026-08-20T12:00:00Z" }),
  sort: z.enum(EVENT_SORTS).default("newest"),
  limit,
  cursor,
});
