import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "../../context.ts";
import { getDelivery } from "../../webhooks/get-delivery.ts";
import { listDeliveries } from "../../webhooks/list-deliveries.ts";
import { retryDelivery } from "../../webhooks/retry-delivery.ts";
import type { App } from "../app.ts";
import { validate } from "../validate.ts";
import { bearer, problemResponses, siteParam } from "./common.ts";
import { managedSite, pathDeliveryId } from "./endpoint-access.ts";
import { deliveryId, deliveryListSchema, deliveryQuery, deliverySchema } from "./endpoint-schemas.ts";

const one = { description: "The delivery", content: { "application/json": { schema: deliverySchema } } };

const listRoute = createRoute({
  method: "get",
  path: "/v1/sites/{site}/deliveries",
  operationId: "listDeliveries",
  tags: ["Webhooks"],
  summary: "What was sent, is to be sent, and was given up",
  description:
    "Newest first. `status=dead` are the dead letters: all attempts failed, or the endpoint was removed.",
  security: bearer,
  request: { params: z.object({ site: siteParam }), query: deliveryQuery },
  responses: {
    200: { description: "A page", content: { "application/json": { schema: deliveryListSchema } } },
    ...problemResponses(401, 403, 404, 422, 503),
  },
});

const getRoute = createRoute({
  method: "get",
  path: "/v1/sites/{site}/deliveries/{id}",
  operationId: "getDelivery",
  tags: ["Webhooks"],
  summary: "One delivery with its attempts",
  security: bearer,
  request: { params: deliveryId },
  responses: { 200: one, ...problemResponses(401, 403, 404, 503) },
});

const retryRoute = createRoute({
  method: "post",
  path: "/v1/sites/{site}/deliveries/{id}/retry",
  operationId: "retryDelivery",
  tags: ["Webhooks"],
  summary: "Send a delivery now",
  description:
    "Whatever became of it: also a dead one, and one that was delivered and is wanted again. The `webhook-id` stays the same.",
  security: bearer,
  request: { params: deliveryId },
  responses: { 202: one, ...problemResponses(401, 403, 404, 409, 503) },
});

export function deliveryRoutes(app: App, ctx: Context): void {
  app.openAPIRegistry.registerPath(listRoute);
  app.get("/v1/sites/:site/deliveries", validate("query", deliveryQuery), async (c) => {
    const site = await managedSite(ctx, c);
    const { status, type, endpoint, event, limit, cursor } = c.req.valid("query");
    const filters = {
      status: status ?? null,
      type: type ?? null,
      endpointId: endpoint ?? null,
      eventId: event ?? null,
    };
    return c.json(await listDeliveries(ctx, { site, ...filters, limit, cursor: cursor ?? null }));
  });

  app.openAPIRegistry.registerPath(getRoute);
  app.get("/v1/sites/:site/deliveries/:id", async (c) => {
    const site = await managedSite(ctx, c);
    return c.json(await getDelivery(ctx, site, pathDeliveryId(c)));
  });

  app.openAPIRegistry.registerPath(retryRoute);
  app.post("/v1/sites/:site/deliveries/:id/retry", async (c) => {
    const site = await managedSite(ctx, c);
    return c.json(await retryDelivery(ctx, site, pathDeliveryId(c)), 202);
  });
}
