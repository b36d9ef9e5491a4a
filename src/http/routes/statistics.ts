import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "../../context.ts";
import { periodQuery, toPeriod } from "../../moderation/statistics/period.ts";
import { getRuleStatistics } from "../../moderation/statistics/rule-statistics.ts";
import type { App } from "../app.ts";
import { authenticated } from "../authenticated.ts";
import { permittedSite } from "../permitted-site.ts";
import { validate } from "../validate.ts";
import { bearer, problemResponses, siteParam } from "./common.ts";
import { ruleStatisticsSchema } from "./statistics-schemas.ts";

const rulesRoute = createRoute({
  method: "get",
  path: "/v1/sites/{site}/statistics/rules",
  operationId: "getRuleStatistics",
  tags: ["Policies"],
  summary: "What each rule did, and how right it was",
  description:
    "Scope `policies:manage`. `from` and `to` are days in UTC, both within the period; the latest 30 unless given, 366 at most. Automatic " +
    "decisions of the period, and what moderators made of them until now. If counting took too long, `missingDays` are left " +
    "out, `complete` is false, and asking again goes on.",
  security: bearer,
  request: { params: z.object({ site: siteParam }), query: periodQuery },
  responses: {
    200: { description: "Statistics", content: { "application/json": { schema: ruleStatisticsSchema } } },
    ...problemResponses(401, 403, 404, 422, 503),
  },
});

export function statisticsRoutes(app: App, ctx: Context): void {
  app.openAPIRegistry.registerPath(rulesRoute);
  app.get(
    "/v1/sites/:site/statistics/rules",
    authenticated(ctx),
    validate("query", periodQuery),
    async (c) => {
      const site = await permittedSite(ctx, c, "policies:manage");
      const period = toPeriod(c.req.valid("query"), ctx.clock.now());
      return c.json(await getRuleStatistics(ctx, site, period));
    },
  );
}
