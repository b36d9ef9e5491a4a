import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "../../context.ts";
import { getAutomation } from "../../moderation/automation/get-automation.ts";
import { setAutomation } from "../../moderation/automation/set-automation.ts";
import type { App } from "../app.ts";
import { authenticated, principalOf } from "../authenticated.ts";
import { permittedSite } from "../permitted-site.ts";
import { validate } from "../validate.ts";
import { automationBody, automationViewSchema, chosenSchema } from "./automation-schemas.ts";
import { bearer, problemResponses, siteParam } from "./common.ts";

const SCOPE = "policies:manage";
const params = z.object({ site: siteParam });

const getRoute = createRoute({
  method: "get",
  path: "/v1/sites/{site}/automation",
  operationId: "getAutomation",
  tags: ["Policies"],
  summary: "How much the model could decide alone",
  description:
    "Scope `policies:manage`. Automatic share against agreement, from the site's own decisions: the latest 20,000 of 180 days, with the " +
    "scores they were made with and what moderators made of them. What nobody judged counts as nothing; sampled comments stand for all that " +
    "was decided automatically.",
  security: bearer,
  request: { params },
  responses: {
    200: { description: "The curves", content: { "application/json": { schema: automationViewSchema } } },
    ...problemResponses(401, 403, 404, 503),
  },
});

const putRoute = createRoute({
  method: "put",
  path: "/v1/sites/{site}/automation",
  operationId: "setAutomation",
  tags: ["Policies"],
  summary: "Choose how much the model decides alone",
  description:
    "Scope `policies:manage`. Works out the thresholds that meet the agreement, and makes them facts for the policy: " +
    "`automation.publishBelow` and `automation.spamFrom`. 409 (`too_few_cases`, `agreement_not_reached`) where it cannot be met, and nothing " +
    "changes. Worked out anew by the same call, and once a day. Null for both turns it off.",
  security: bearer,
  request: { params, body: { required: true, content: { "application/json": { schema: automationBody } } } },
  responses: {
    200: { description: "In force", content: { "application/json": { schema: chosenSchema } } },
    ...problemResponses(401, 403, 404, 409, 422, 503),
  },
});

export function automationRoutes(app: App, ctx: Context): void {
  const auth = authenticated(ctx);

  app.openAPIRegistry.registerPath(getRoute);
  app.get("/v1/sites/:site/automation", auth, async (c) => {
    return c.json(await getAutomation(ctx, await permittedSite(ctx, c, SCOPE)));
  });

  app.openAPIRegistry.registerPath(putRoute);
  app.put("/v1/sites/:site/automation", auth, validate("json", automationBody), async (c) => {
    const site = await permittedSite(ctx, c, SCOPE);
    const target = c.req.valid("json");
    return c.json({ chosen: await setAutomation(ctx, { site, target, by: principalOf(c).name }) });
  });
}
