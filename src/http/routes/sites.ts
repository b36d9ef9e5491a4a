import { createRoute, z } from "@hono/zod-openapi";
import { requireScope } from "../../accounts/principal.ts";
import type { Context } from "../../context.ts";
import { decodeCursor, encodeCursor } from "../../cursor.ts";
import { checkPolicy } from "../../moderation/check-policy.ts";
import { DEFAULT_PRESET, readPreset } from "../../moderation/policy/presets.ts";
import { createSite } from "../../sites/create-site.ts";
import { listSites } from "../../sites/list-sites.ts";
import { getSiteDetails } from "../../sites/site-details.ts";
import { updateSite } from "../../sites/update-site.ts";
import type { App } from "../app.ts";
import { authenticated, principalOf } from "../authenticated.ts";
import { permittedSite } from "../permitted-site.ts";
import { validate } from "../validate.ts";
import { bearer, problemResponses, siteParam } from "./common.ts";
import { automationRoutes } from "./automation.ts";
import { backtestRoutes } from "./backtest.ts";
import { policyRoutes } from "./policies.ts";
import {
  newSiteBody,
  pageQuery,
  presentSite,
  presentSiteShort,
  siteChangeBody,
  siteListSchema,
  siteSchema,
} from "./site-schemas.ts";
import { statisticsRoutes } from "./statistics.ts";
import { threadRoutes } from "./threads.ts";

const SCOPE = "sites:manage";
const params = z.object({ site: siteParam });
const answer = (description: string, schema: z.ZodType = siteSchema) => ({
  description,
  content: { "application/json": { schema } },
});

const listRoute = createRoute({
  method: "get",
  path: "/v1/sites",
  operationId: "listSites",
  tags: ["Sites"],
  summary: "All sites, by key",
  description: "Scope `sites:manage`, of a token for all sites.",
  security: bearer,
  request: { query: pageQuery },
  responses: { 200: answer("A page", siteListSchema), ...problemResponses(401, 403, 422, 503) },
});

const createSiteRoute = createRoute({
  method: "post",
  path: "/v1/sites",
  operationId: "createSite",
  tags: ["Sites"],
  summary: "Make a site",
  description:
    "Scope `sites:manage`, of a token for all sites. The site begins with a copy of a preset, or with the policy given.",
  security: bearer,
  request: { body: { content: { "application/json": { schema: newSiteBody } } } },
  responses: { 201: answer("Made"), ...problemResponses(401, 403, 409, 422, 503) },
});

const getRoute = createRoute({
  method: "get",
  path: "/v1/sites/{site}",
  operationId: "getSite",
  tags: ["Sites"],
  summary: "A site with its settings",
  description:
    "Scope `sites:manage`. `settings` are those in force, `overridden` names the ones that are not defaults.",
  security: bearer,
  request: { params },
  responses: { 200: answer("The site"), ...problemResponses(401, 403, 404, 503) },
});

const updateRoute = createRoute({
  method: "patch",
  path: "/v1/sites/{site}",
  operationId: "updateSite",
  tags: ["Sites"],
  summary: "Change a site's name, language, origins or settings",
  description:
    "Scope `sites:manage`. What is left out stays as it is. In force at once; with several processes, within a second.",
  security: bearer,
  request: { params, body: { content: { "application/json": { schema: siteChangeBody } } } },
  responses: { 200: answer("The site as it is now"), ...problemResponses(401, 403, 404, 422, 503) },
});

const CURSOR_SCOPE = "sites";

/** Sites with their settings, threads and policies: for publishers' servers and operators, by API token. */
export function siteRoutes(app: App, ctx: Context): void {
  const auth = authenticated(ctx);

  app.openAPIRegistry.registerPath(listRoute);
  app.get("/v1/sites", auth, validate("query", pageQuery), async (c) => {
    requireScope(principalOf(c), SCOPE);
    const { limit, cursor } = c.req.valid("query");
    const [after] = cursor === undefined ? [] : decodeCursor(ctx.keys.cursor, CURSOR_SCOPE, cursor);
    const { sites, next } = await listSites(ctx, { after: typeof after === "string" ? after : null, limit });
    return c.json({
      sites: sites.map(presentSiteShort),
      next: next === null ? null : encodeCursor(ctx.keys.cursor, CURSOR_SCOPE, [next]),
    });
  });

  app.openAPIRegistry.registerPath(createSiteRoute);
  app.post("/v1/sites", auth, validate("json", newSiteBody), async (c) => {
    const principal = principalOf(c);
    requireScope(principal, SCOPE);
    const { policy, preset, ...site } = c.req.valid("json");
    const policySource = policy ?? (await readPreset(preset ?? DEFAULT_PRESET));
    await checkPolicy(policySource);
    await createSite(ctx, { ...site, policySource, createdBy: principal.name });
    c.header("Location", `${ctx.config.http.publicUrl}/v1/sites/${site.key}`);
    return c.json(presentSite(await getSiteDetails(ctx, site.key)), 201);
  });

  app.openAPIRegistry.registerPath(getRoute);
  app.get("/v1/sites/:site", auth, async (c) => {
    const site = await permittedSite(ctx, c, SCOPE);
    return c.json(presentSite(await getSiteDetails(ctx, site.key)));
  });

  app.openAPIRegistry.registerPath(updateRoute);
  app.patch("/v1/sites/:site", auth, validate("json", siteChangeBody), async (c) => {
    const site = await permittedSite(ctx, c, SCOPE);
    await updateSite(ctx, { key: site.key, ...c.req.valid("json") });
    return c.json(presentSite(await getSiteDetails(ctx, site.key)));
  });

  threadRoutes(app, ctx);
  policyRoutes(app, ctx);
  backtestRoutes(app, ctx);
  statisticsRoutes(app, ctx);
  automationRoutes(app, ctx);
}
