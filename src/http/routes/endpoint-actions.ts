import { createRoute } from "@hono/zod-openapi";
import type { Context } from "../../context.ts";
import { disableEndpoint } from "../../webhooks/disable-endpoint.ts";
import { enableEndpoint } from "../../webhooks/enable-endpoint.ts";
import { rotateSecret } from "../../webhooks/rotate-secret.ts";
import { secretRotationSchema } from "../../webhooks/schema.ts";
import { sendTest } from "../../webhooks/send-test.ts";
import type { App } from "../app.ts";
import { validate } from "../validate.ts";
import { bearer, problemResponses } from "./common.ts";
import { managedSite, pathId } from "./endpoint-access.ts";
import { deliverySchema, endpointSchema, endpointWithSecretSchema, ownId } from "./endpoint-schemas.ts";

const one = { description: "The endpoint", content: { "application/json": { schema: endpointSchema } } };

const rotateRoute = createRoute({
  method: "post",
  path: "/v1/sites/{site}/endpoints/{id}/rotate-secret",
  operationId: "rotateEndpointSecret",
  tags: ["Webhooks"],
  summary: "Give an endpoint a new secret",
  description:
    "For 24 hours both secrets sign, so that receivers can change over. A second rotation within that time ends the oldest.",
  security: bearer,
  request: {
    params: ownId,
    body: { required: false, content: { "application/json": { schema: secretRotationSchema } } },
  },
  responses: {
    200: {
      description: "The endpoint with its new secret, which is not shown again",
      content: { "application/json": { schema: endpointWithSecretSchema } },
    },
    ...problemResponses(401, 403, 404, 422, 503),
  },
});

const enableRoute = createRoute({
  method: "post",
  path: "/v1/sites/{site}/endpoints/{id}/enable",
  operationId: "enableEndpoint",
  tags: ["Webhooks"],
  summary: "Enable an endpoint",
  description: "What was kept for it is sent now. Also ends a rest that the receiver asked for.",
  security: bearer,
  request: { params: ownId },
  responses: { 200: one, ...problemResponses(401, 403, 404, 503) },
});

const disableRoute = createRoute({
  method: "post",
  path: "/v1/sites/{site}/endpoints/{id}/disable",
  operationId: "disableEndpoint",
  tags: ["Webhooks"],
  summary: "Disable an endpoint",
  description: "Nothing is sent; events of the next 30 days are kept for it until it is enabled.",
  security: bearer,
  request: { params: ownId },
  responses: { 200: one, ...problemResponses(401, 403, 404, 503) },
});

const testRoute = createRoute({
  method: "post",
  path: "/v1/sites/{site}/endpoints/{id}/test",
  operationId: "testEndpoint",
  tags: ["Webhooks"],
  summary: "Send a test event",
  description:
    "An event of the type `endpoint.test`, sent to this endpoint alone. Ask for the delivery to see how it went.",
  security: bearer,
  request: { params: ownId },
  responses: {
    202: { description: "The delivery", content: { "application/json": { schema: deliverySchema } } },
    ...problemResponses(401, 403, 404, 409, 503),
  },
});

export function endpointActionRoutes(app: App, ctx: Context): void {
  app.openAPIRegistry.registerPath(rotateRoute);
  app.post(
    "/v1/sites/:site/endpoints/:id/rotate-secret",
    validate("json", secretRotationSchema),
    async (c) => {
      const site = await managedSite(ctx, c);
      const id = pathId(c, "endpoint");
      const { endpoint, secret } = await rotateSecret(ctx, { site, id, secret: c.req.valid("json").secret });
      return c.json({ ...endpoint, secret });
    },
  );

  app.openAPIRegistry.registerPath(enableRoute);
  app.post("/v1/sites/:site/endpoints/:id/enable", async (c) => {
    const site = await managedSite(ctx, c);
    return c.json(await enableEndpoint(ctx, site, pathId(c, "endpoint")));
  });

  app.openAPIRegistry.registerPath(disableRoute);
  app.post("/v1/sites/:site/endpoints/:id/disable", async (c) => {
    const site = await managedSite(ctx, c);
    return c.json(await disableEndpoint(ctx, site, pathId(c, "endpoint")));
  });

  app.openAPIRegistry.registerPath(testRoute);
  app.post("/v1/sites/:site/endpoints/:id/test", async (c) => {
    const site = await managedSite(ctx, c);
    return c.json(await sendTest(ctx, site, pathId(c, "endpoint")), 202);
  });
}
