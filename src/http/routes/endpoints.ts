import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "../../context.ts";
import { createEndpoint } from "../../webhooks/create-endpoint.ts";
import { getEndpoint } from "../../webhooks/get-endpoint.ts";
import { listEndpoints } from "../../webhooks/list-endpoints.ts";
import { removeEndpoint } from "../../webhooks/remove-endpoint.ts";
import { endpointChangeSchema, newEndpointSchema } from "../../webhooks/schema.ts";
import { updateEndpoint } from "../../webhooks/update-endpoint.ts";
import type { App } from "../app.ts";
import { authenticated } from "../authenticated.ts";
import { validate } from "../validate.ts";
import { bearer, problemResponses, siteParam } from "./common.ts";
import { deliveryRoutes } from "./deliveries.ts";
import { managedSite, pathId } from "./endpoint-access.ts";
import { endpointActionRoutes } from "./endpoint-actions.ts";
import { endpointListSchema, endpointSchema, endpointWithSecretSchema, ownId } from "./endpoint-schemas.ts";
import { eventRoutes } from "./events.ts";

const listRoute = createRoute({
  method: "get",
  path: "/v1/sites/{site}/endpoints",
  operationId: "listEndpoints",
  tags: ["Webhooks"],
  summary: "The site's webhook endpoints",
  security: bearer,
  request: { params: z.object({ site: siteParam }) },
  responses: {
    200: { description: "All of them", content: { "application/json": { schema: endpointListSchema } } },
    ...problemResponses(401, 403, 404, 503),
  },
});

const createEndpointRoute = createRoute({
  method: "post",
  path: "/v1/sites/{site}/endpoints",
  operationId: "createEndpoint",
  tags: ["Webhooks"],
  summary: "Add a webhook endpoint",
  description:
    "Events of the site are sent there from now on, signed by Standard Webhooks 1.0.0. The URL must be https on a public address; " +
    "the answer holds the secret, which is not shown again.",
  security: bearer,
  request: {
    params: z.object({ site: siteParam }),
    body: { content: { "application/json": { schema: newEndpointSchema } } },
  },
  responses: {
    201: {
      description: "The endpoint with its secret",
      content: { "application/json": { schema: endpointWithSecretSchema } },
    },
    ...problemResponses(401, 403, 404, 409, 422, 503),
  },
});

const one = { description: "The endpoint", content: { "application/json": { schema: endpointSchema } } };

const getRoute = createRoute({
  method: "get",
  path: "/v1/sites/{site}/endpoints/{id}",
  operationId: "getEndpoint",
  tags: ["Webhooks"],
  summary: "One webhook endpoint",
  security: bearer,
  request: { params: ownId },
  responses: { 200: one, ...problemResponses(401, 403, 404, 503) },
});

const updateRoute = createRoute({
  method: "patch",
  path: "/v1/sites/{site}/endpoints/{id}",
  operationId: "updateEndpoint",
  tags: ["Webhooks"],
  summary: "Change a webhook endpoint",
  description:
    "Only what is given changes. A new URL also receives what is still pending; new types concern only later events.",
  security: bearer,
  request: {
    params: ownId,
    body: { content: { "application/json": { schema: endpointChangeSchema } } },
  },
  responses: { 200: one, ...problemResponses(401, 403, 404, 422, 503) },
});

const removeRoute = createRoute({
  method: "delete",
  path: "/v1/sites/{site}/endpoints/{id}",
  operationId: "removeEndpoint",
  tags: ["Webhooks"],
  summary: "Remove a webhook endpoint",
  description: "For good. What it was still owed becomes dead letters. To stop for a while, disable it.",
  security: bearer,
  request: { params: ownId },
  responses: { 204: { description: "Removed" }, ...problemResponses(401, 403, 404, 503) },
});

/** Webhook endpoints, their deliveries and the site's events, for tokens with the scope `webhooks:manage`. */
export function endpointRoutes(app: App, ctx: Context): void {
  for (const part of ["endpoints", "deliveries", "events"]) {
    app.use(`/v1/sites/:site/${part}/*`, authenticated(ctx));
  }

  app.openAPIRegistry.registerPath(listRoute);
  app.get("/v1/sites/:site/endpoints", async (c) => {
    const site = await managedSite(ctx, c);
    return c.json({ endpoints: await listEndpoints(ctx, site) });
  });

  app.openAPIRegistry.registerPath(createEndpointRoute);
  app.post("/v1/sites/:site/endpoints", validate("json", newEndpointSchema), async (c) => {
    const site = await managedSite(ctx, c);
    const { endpoint, secret } = await createEndpoint(ctx, { site, fields: c.req.valid("json") });
    c.header("Location", `${ctx.config.http.publicUrl}/v1/sites/${site.key}/endpoints/${endpoint.id}`);
    return c.json({ ...endpoint, secret }, 201);
  });

  app.openAPIRegistry.registerPath(getRoute);
  app.get("/v1/sites/:site/endpoints/:id", async (c) => {
    const site = await managedSite(ctx, c);
    return c.json(await getEndpoint(ctx, site, pathId(c, "endpoint")));
  });

  app.openAPIRegistry.registerPath(updateRoute);
  app.patch("/v1/sites/:site/endpoints/:id", validate("json", endpointChangeSchema), async (c) => {
    const site = await managedSite(ctx, c);
    const id = pathId(c, "endpoint");
    return c.json(await updateEndpoint(ctx, { site, id, fields: c.req.valid("json") }));
  });

  app.openAPIRegistry.registerPath(removeRoute);
  app.delete("/v1/sites/:site/endpoints/:id", async (c) => {
    const site = await managedSite(ctx, c);
    await removeEndpoint(ctx, site, pathId(c, "endpoint"));
    return c.body(null, 204);
  });

  endpointActionRoutes(app, ctx);
  deliveryRoutes(app, ctx);
  eventRoutes(app, ctx);
}
