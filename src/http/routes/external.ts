import { createRoute, type z } from "@hono/zod-openapi";
import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { configureExternal, removeExternal } from "../../moderation/external/configure.ts";
import { type AdapterName, isAdapterName } from "../../moderation/external/names.ts";
import { getExternal, listExternal } from "../../moderation/external/status.ts";
import { tryExternal } from "../../moderation/external/try.ts";
import type { App } from "../app.ts";
import { authenticated } from "../authenticated.ts";
import type { Request } from "../env.ts";
import { permittedSite } from "../permitted-site.ts";
import { validate } from "../validate.ts";
import { bearer, problemResponses } from "./common.ts";
import {
  externalBody,
  externalListSchema,
  externalSchema,
  oneAdapter,
  presentExternal,
  siteOnly,
  trialSchema,
} from "./external-schemas.ts";

const SCOPE = "sites:manage";
const answer = (description: string, schema: z.ZodType = externalSchema) => ({
  description,
  content: { "application/json": { schema } },
});

const listRoute = createRoute({
  method: "get",
  path: "/v1/sites/{site}/external",
  operationId: "listExternalChecks",
  tags: ["External checks"],
  summary: "Whom a site asks about comments, and how they fare",
  description: "Scope `sites:manage`. All there are, those that are off too. Keys are never shown.",
  security: bearer,
  request: { params: siteOnly },
  responses: { 200: answer("All of them", externalListSchema), ...problemResponses(401, 403, 404, 503) },
});

const getRoute = createRoute({
  method: "get",
  path: "/v1/sites/{site}/external/{adapter}",
  operationId: "getExternalCheck",
  tags: ["External checks"],
  summary: "One external check: settings, calls used, breaker, last error",
  description: "Scope `sites:manage`.",
  security: bearer,
  request: { params: oneAdapter },
  responses: { 200: answer("The check"), ...problemResponses(401, 403, 404, 503) },
});

const putRoute = createRoute({
  method: "put",
  path: "/v1/sites/{site}/external/{adapter}",
  operationId: "configureExternalCheck",
  tags: ["External checks"],
  summary: "Configure an external check",
  description:
    "Scope `sites:manage`. Nothing leaves the machine before this. Addresses must be public ones unless the operator opened others " +
    "(EXTERNAL_ALLOW_CIDRS). In force at once; with several processes, within a second.",
  security: bearer,
  request: { params: oneAdapter, body: { content: { "application/json": { schema: externalBody } } } },
  responses: { 200: answer("The check as it is now"), ...problemResponses(401, 403, 404, 422, 503) },
});

const removeRoute = createRoute({
  method: "delete",
  path: "/v1/sites/{site}/external/{adapter}",
  operationId: "removeExternalCheck",
  tags: ["External checks"],
  summary: "Remove an external check and its key",
  description: "Scope `sites:manage`.",
  security: bearer,
  request: { params: oneAdapter },
  responses: { 204: { description: "Gone" }, ...problemResponses(401, 403, 404, 503) },
});

const testRoute = createRoute({
  method: "post",
  path: "/v1/sites/{site}/external/{adapter}/test",
  operationId: "testExternalCheck",
  tags: ["External checks"],
  summary: "Make one call with nobody's comment",
  description:
    "Scope `sites:manage`. Says whether address and key are right, also while the check is off. Counts for the budget.",
  security: bearer,
  request: { params: oneAdapter },
  responses: { 200: answer("How it went", trialSchema), ...problemResponses(401, 403, 404, 409, 503) },
});

/** Checks by others: for operators, by API token. */
export function externalRoutes(app: App, ctx: Context): void {
  const auth = authenticated(ctx);

  app.openAPIRegistry.registerPath(listRoute);
  app.get("/v1/sites/:site/external", auth, async (c) => {
    const site = await permittedSite(ctx, c, SCOPE);
    return c.json({ checks: (await listExternal(ctx, site)).map(presentExternal) });
  });

  app.openAPIRegistry.registerPath(getRoute);
  app.get("/v1/sites/:site/external/:adapter", auth, async (c) => {
    const site = await permittedSite(ctx, c, SCOPE);
    return c.json(presentExternal(await getExternal(ctx, site, pathAdapter(c))));
  });

  app.openAPIRegistry.registerPath(putRoute);
  app.put("/v1/sites/:site/external/:adapter", auth, validate("json", externalBody), async (c) => {
    const site = await permittedSite(ctx, c, SCOPE);
    const adapter = pathAdapter(c);
    const { enabled, settings, secret } = c.req.valid("json");
    await configureExternal(ctx, { site, adapter, enabled, settings, secret });
    return c.json(presentExternal(await getExternal(ctx, site, adapter)));
  });

  app.openAPIRegistry.registerPath(removeRoute);
  app.delete("/v1/sites/:site/external/:adapter", auth, async (c) => {
    const site = await permittedSite(ctx, c, SCOPE);
    await removeExternal(ctx, site, pathAdapter(c));
    return c.body(null, 204);
  });

  app.openAPIRegistry.registerPath(testRoute);
  app.post("/v1/sites/:site/external/:adapter/test", auth, async (c) => {
    const site = await permittedSite(ctx, c, SCOPE);
    return c.json(await tryExternal(ctx, site, pathAdapter(c)));
  });
}

/** @throws AppError `not_found` for what cannot be asked */
function pathAdapter(c: Request): AdapterName {
  const name = c.req.param("adapter") ?? "";
  if (isAdapterName(name)) return name;
  throw new AppError("not_found", "There is no such external check.", { reason: "external_check_not_found" });
}
