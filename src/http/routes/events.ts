import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "../../context.ts";
import { getEvent } from "../../webhooks/get-event.ts";
import { listEvents } from "../../webhooks/list-events.ts";
import type { App } from "../app.ts";
import { validate } from "../validate.ts";
import { bearer, problemResponses, siteParam } from "./common.ts";
import { managedSite, pathId } from "./endpoint-access.ts";
import { eventListSchema, eventQuery, eventSchema, ownId } from "./endpoint-schemas.ts";

const listRoute = createRoute({
  method: "get",
  path: "/v1/sites/{site}/events",
  operationId: "listEvents",
  tags: ["Webhooks"],
  summary: "What happened, whether or not an endpoint was told",
  description:
    "By time of happening. An event becomes visible when its transaction ends, up to 30 s later: whoever polls asks again from a minute " +
    "before the last one seen, and drops the ids already known.",
  security: bearer,
  request: { params: z.object({ site: siteParam }), query: eventQuery },
  responses: {
    200: { description: "A page", content: { "application/json": { schema: eventListSchema } } },
    ...problemResponses(401, 403, 404, 422, 503),
  },
});

const getRoute = createRoute({
  method: "get",
  path: "/v1/sites/{site}/events/{id}",
  operationId: "getEvent",
  tags: ["Webhooks"],
  summary: "One event with its payload",
  security: bearer,
  request: { params: ownId },
  responses: {
    200: { description: "The event", content: { "application/json": { schema: eventSchema } } },
    ...problemResponses(401, 403, 404, 503),
  },
});

export function eventRoutes(app: App, ctx: Context): void {
  app.openAPIRegistry.registerPath(listRoute);
  app.get("/v1/sites/:site/events", validate("query", eventQuery), async (c) => {
    const site = await managedSite(ctx, c);
    const { type, since, sort, limit, cursor } = c.req.valid("query");
    const from = since === undefined ? null : new Date(since);
    return c.json(
      await listEvents(ctx, { site, type: type ?? null, since: from, sort, limit, cursor: cursor ?? null }),
    );
  });

  app.openAPIRegistry.registerPath(getRoute);
  app.get("/v1/sites/:site/events/:id", async (c) => {
    const site = await managedSite(ctx, c);
    return c.json(await getEvent(ctx, site, pathId(c, "event")));
  });
}
