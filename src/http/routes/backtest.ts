import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { BACKTEST_LIMITS, backtestPolicy } from "../../moderation/backtest/backtest.ts";
import { resolveTrial } from "../../moderation/backtest/trial.ts";
import type { App } from "../app.ts";
import { authenticated, principalOf } from "../authenticated.ts";
import { permittedSite } from "../permitted-site.ts";
import { validate } from "../validate.ts";
import { backtestBody, backtestReportSchema } from "./backtest-schemas.ts";
import { bearer, problemResponses, siteParam } from "./common.ts";

/** Backtests at the same time in one process: each keeps half a core busy. */
const RUNNING_MAX = 1;
const RETRY_AFTER_SECONDS = 5;

const backtestRoute = createRoute({
  method: "post",
  path: "/v1/sites/{site}/policy/backtest",
  operationId: "backtestPolicy",
  tags: ["Policies"],
  summary: "Try a policy on past decisions",
  description:
    "Scope `policies:manage`; examples show comments only with `comments:read`. Decides the latest automatic decisions anew, from the " +
    "evidence that was kept with them, and tells what would change and what moderators made of the same texts. Changes nothing. " +
    "`complete` is false when the time of 20 s was over first. One at a time in each process: 429 while another runs.",
  security: bearer,
  request: {
    params: z.object({ site: siteParam }),
    body: { required: true, content: { "application/json": { schema: backtestBody } } },
  },
  responses: {
    200: {
      description: "What would change",
      content: { "application/json": { schema: backtestReportSchema } },
    },
    ...problemResponses(401, 403, 404, 413, 422, 429, 503),
  },
});

export function backtestRoutes(app: App, ctx: Context): void {
  let running = 0;
  app.openAPIRegistry.registerPath(backtestRoute);
  app.post(
    "/v1/sites/:site/policy/backtest",
    authenticated(ctx),
    validate("json", backtestBody),
    async (c) => {
      const site = await permittedSite(ctx, c, "policies:manage");
      const { policy = null, model = null, automation, limit } = c.req.valid("json");
      if (running >= RUNNING_MAX) throw busy();
      running += 1;
      try {
        const trial = await resolveTrial(ctx, site, { policy, model, automation });
        const { deadlineMs } = BACKTEST_LIMITS;
        const { signal } = c.req.raw;
        const showTexts = principalOf(c).scopes.has("comments:read");
        return c.json(await backtestPolicy(ctx, site, trial, { limit, deadlineMs, showTexts, signal }));
      } finally {
        running -= 1;
      }
    },
  );
}

function busy(): AppError {
  return new AppError("rate_limited", "Another backtest is running. Try again when it is done.", {
    reason: "backtest_running",
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}
