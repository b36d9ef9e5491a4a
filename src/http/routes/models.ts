import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "../../context.ts";
import { decodeCursor, encodeCursor } from "../../cursor.ts";
import { getModel, listModelVersions } from "../../moderation/learning/get-model.ts";
import { rebuildModel } from "../../moderation/learning/rebuild-model.ts";
import { rollbackModel } from "../../moderation/learning/rollback-model.ts";
import type { App } from "../app.ts";
import { authenticated, principalOf } from "../authenticated.ts";
import { permittedSite } from "../permitted-site.ts";
import { validate } from "../validate.ts";
import { bearer, problemResponses, siteParam } from "./common.ts";
import { changedModelSchema, modelSchema, rollbackBody } from "./model-schemas.ts";
import { pageQuery } from "./site-schemas.ts";

const SCOPE = "policies:manage";
const params = z.object({ site: siteParam });
const json = (description: string, schema: z.ZodType) => ({
  description,
  content: { "application/json": { schema } },
});

const getRoute = createRoute({
  method: "get",
  path: "/v1/sites/{site}/model",
  operationId: "getModel",
  tags: ["Model"],
  summary: "What the site's moderators have taught the model, and the versions that are kept",
  description: "Scope `policies:manage`. Versions come latest first.",
  security: bearer,
  request: { params, query: pageQuery },
  responses: { 200: json("The model", modelSchema), ...problemResponses(401, 403, 404, 422, 503) },
});

const rollbackRoute = createRoute({
  method: "post",
  path: "/v1/sites/{site}/model/rollback",
  operationId: "rollbackModel",
  tags: ["Model"],
  summary: "Take the model back to an earlier version",
  description:
    "Scope `policies:manage`. Makes a new version that is what the given one was. For learning it is as if what moderators decided " +
    "and took back since then had never been; what they decide from now on counts again. A rebuild takes all of it in again.",
  security: bearer,
  request: { params, body: { required: true, content: { "application/json": { schema: rollbackBody } } } },
  responses: {
    200: json("Rolled back", changedModelSchema),
    ...problemResponses(401, 403, 404, 409, 413, 422, 503),
  },
});

const rebuildRoute = createRoute({
  method: "post",
  path: "/v1/sites/{site}/model/rebuild",
  operationId: "rebuildModel",
  tags: ["Model"],
  summary: "Make the model anew from the decision log",
  description:
    "Scope `policies:manage`. Takes some seconds for a site with many thousands of decisions. What rollbacks took out counts again.",
  security: bearer,
  request: { params },
  responses: { 200: json("Rebuilt", changedModelSchema), ...problemResponses(401, 403, 404, 503) },
});

/** What a site's moderators have taught the learned model: look, roll back, rebuild. */
export function modelRoutes(app: App, ctx: Context): void {
  const auth = authenticated(ctx);

  app.openAPIRegistry.registerPath(getRoute);
  app.get("/v1/sites/:site/model", auth, validate("query", pageQuery), async (c) => {
    const site = await permittedSite(ctx, c, SCOPE);
    const { limit, cursor } = c.req.valid("query");
    const scope = `models ${site.id}`;
    const [before] = cursor === undefined ? [] : decodeCursor(ctx.keys.cursor, scope, cursor);
    const page = { before: typeof before === "number" ? before : null, limit };
    const [model, { versions, next }] = await Promise.all([
      getModel(ctx, site),
      listModelVersions(ctx, site, page),
    ]);
    const nextCursor = next === null ? null : encodeCursor(ctx.keys.cursor, scope, [next]);
    return c.json({ ...model, versions, next: nextCursor });
  });

  app.openAPIRegistry.registerPath(rollbackRoute);
  app.post("/v1/sites/:site/model/rollback", auth, validate("json", rollbackBody), async (c) => {
    const site = await permittedSite(ctx, c, SCOPE);
    const { version } = c.req.valid("json");
    return c.json({ version: await rollbackModel(ctx, { site, version, by: principalOf(c).name }) });
  });

  app.openAPIRegistry.registerPath(rebuildRoute);
  app.post("/v1/sites/:site/model/rebuild", auth, async (c) => {
    const site = await permittedSite(ctx, c, SCOPE);
    return c.json({ version: await rebuildModel(ctx, { site, by: principalOf(c).name }) });
  });
}
