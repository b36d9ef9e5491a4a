import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "../../context.ts";
import { EXTERNAL_CHECKS } from "../../moderation/external/adapters/index.ts";
import { getCheck, listChecks, parseCheckName } from "../../moderation/external/get-checks.ts";
import { checkInputSchema, putCheck } from "../../moderation/external/put-check.ts";
import { removeCheck } from "../../moderation/external/remove-check.ts";
import { sampleSchema, tryCheck } from "../../moderation/external/try-check.ts";
import type { App } from "../app.ts";
import { authenticated } from "../authenticated.ts";
import { permittedSite } from "../permitted-site.ts";
import { validate } from "../validate.ts";
import { bearer, problemResponses, siteParam } from "./common.ts";
import { checkListSchema, checkParams, checkSchema, triedSchema } from "./external-schemas.ts";

const SCOPE = "sites:manage";
const json = (description: string, schema: z.ZodType) => ({
  description,
  content: { "application/json": { schema } },
});
const taken = (schema: z.ZodType) => ({ content: { "application/json": { schema } } });

const listRoute = createRoute({
  method: "get",
  path: "/v1/sites/{site}/external",
  operationId: "listExternalChecks",
  tags: ["External checks"],
  summary: "The checks by others that a site has set up, and those there are",
  description:
    "Scope `sites:manage`. None is set up unless somebody did; until then nothing leaves the machine.",
  security: bearer,
  request: { params: z.object({ site: siteParam }) },
  responses: { 200: json("All of them", checkListSchema), ...problemResponses(401, 403, 404, 503) },
});

const getRoute = createRoute({
  method: "get",
  path: "/v1/sites/{site}/external/{check}",
  operationId: "getExternalCheck",
  tags: ["External checks"],
  summary: "One check by others, with its breaker, budget and last error",
  description: "Scope `sites:manage`. The secret is not shown.",
  security: bearer,
  request: { params: checkParams },
  responses: { 200: json("The check", checkSchema), ...problemResponses(401, 403, 404, 503) },
});

const putRoute = createRoute({
  method: "put",
  path: "/v1/sites/{site}/external/{check}",
  operationId: "putExternalCheck",
  tags: ["External checks"],
  summary: "Set a check by others up, or change it",
  description:
    "Scope `sites:manage`. From then on comments are sent there: `sends` says what of them. Addresses must be public, or opened by " +
    "the operator. A secret that is left out stays, unless it would now go to another server.",
  security: bearer,
  request: { params: checkParams, body: taken(checkInputSchema) },
  responses: { 200: json("As it is now", checkSchema), ...problemResponses(401, 403, 404, 413, 422, 503) },
});

const removeRoute = createRoute({
  method: "delete",
  path: "/v1/sites/{site}/external/{check}",
  operationId: "removeExternalCheck",
  tags: ["External checks"],
  summary: "Remove a check by others, with its secret",
  description:
    "Scope `sites:manage`. Its facts are missing from then on. To stop for a while, put `enabled: false`.",
  security: bearer,
  request: { params: checkParams },
  responses: { 204: { description: "Removed" }, ...problemResponses(401, 403, 404, 503) },
});

const testRoute = createRoute({
  method: "post",
  path: "/v1/sites/{site}/external/{check}/test",
  operationId: "testExternalCheck",
  tags: ["External checks"],
  summary: "Ask a check by others about an invented comment",
  description:
    "Scope `sites:manage`. Also while it is off. The answer is always 200; `failure` says what went wrong. Counts in the budget.",
  security: bearer,
  request: { params: checkParams, body: { ...taken(sampleSchema), required: true } },
  responses: { 200: json("What it said", triedSchema), ...problemResponses(401, 403, 404, 413, 422, 503) },
});

/** What a site asks of others, for operators. */
export function externalRoutes(app: App, ctx: Context): void {
  const auth = authenticated(ctx);

  app.openAPIRegistry.registerPath(listRoute);
  app.get("/v1/sites/:site/external", auth, async (c) => {
    const site = await permittedSite(ctx, c, SCOPE);
    const available = EXTERNAL_CHECKS.map(({ name, sends, secret, facts }) => ({
      name,
      sends,
      secret,
      facts: Object.keys(facts),
    }));
    return c.json({ checks: await listChecks(ctx, site), available });
  });

  app.openAPIRegistry.registerPath(getRoute);
  app.get("/v1/sites/:site/external/:check", auth, async (c) => {
    const site = await permittedSite(ctx, c, SCOPE);
    return c.json(await getCheck(ctx, site, parseCheckName(c.req.param("check"))));
  });

  app.openAPIRegistry.registerPath(putRoute);
  app.put("/v1/sites/:site/external/:check", auth, validate("json", checkInputSchema), async (c) => {
    const site = await permittedSite(ctx, c, SCOPE);
    const name = parseCheckName(c.req.param("check"));
    await putCheck(ctx, { site, name, input: c.req.valid("json") });
    return c.json(await getCheck(ctx, site, name));
  });

  app.openAPIRegistry.registerPath(removeRoute);
  app.delete("/v1/sites/:site/external/:check", auth, async (c) => {
    const site = await permittedSite(ctx, c, SCOPE);
    await removeCheck(ctx, site, parseCheckName(c.req.param("check")));
    return c.body(null, 204);
  });

  app.openAPIRegistry.registerPath(testRoute);
  app.post("/v1/sites/:site/external/:check/test", auth, validate("json", sampleSchema), async (c) => {
    const site = await permittedSite(ctx, c, SCOPE);
    const name = parseCheckName(c.req.param("check"));
    const { evidence, ...tried } = await tryCheck(ctx, { site, name, sample: c.req.valid("json") });
    const facts = evidence.map(({ name: fact, state, value, detail, error }) => ({
      name: fact,
      state,
      value,
      detail,
      error,
    }));
    return c.json({ ...tried, facts });
  });
}
