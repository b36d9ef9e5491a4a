import { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "../context.ts";
import type { HttpEnv } from "./env.ts";
import { answerError, answerNotFound } from "./errors.ts";
import { observeRequests } from "./middleware/observe.ts";
import { refuseLargeBodies } from "./middleware/body-limit.ts";
import { secureHeaders } from "./middleware/secure-headers.ts";
import { siteCors } from "./middleware/cors.ts";
import { commentRoutes } from "./routes/comments.ts";
import { demoRoutes } from "./routes/demo.ts";
import { documentationRoutes } from "./routes/documentation.ts";
import { endpointRoutes } from "./routes/endpoints.ts";
import { modelRoutes } from "./routes/models.ts";
import { externalRoutes } from "./routes/external.ts";
import { operationsRoutes } from "./routes/operations.ts";
import { reviewRoutes } from "./routes/review.ts";
import { siteRoutes } from "./routes/sites.ts";

export type App = OpenAPIHono<HttpEnv>;

/** The HTTP service. Routes parse, call one verb and map its result; nothing else happens here. */
export function createApp(ctx: Context): App {
  const app = new OpenAPIHono<HttpEnv>();
  app.onError(answerError);
  app.notFound(answerNotFound);
  app.use(observeRequests(ctx));
  app.use(secureHeaders(ctx));
  app.use(refuseLargeBodies());
  app.use("/v1/sites/:site/*", siteCors(ctx));
  for (const routes of [
    commentRoutes,
    reviewRoutes,
    siteRoutes,
    modelRoutes,
    externalRoutes,
    endpointRoutes,
    operationsRoutes,
    demoRoutes,
    documentationRoutes,
  ]) {
    routes(app, ctx);
  }
  return app;
}

/** What a worker without the HTTP role answers. */
export function createProbeApp(ctx: Context): App {
  const app = new OpenAPIHono<HttpEnv>();
  app.onError(answerError);
  app.notFound(answerNotFound);
  app.use(observeRequests(ctx));
  operationsRoutes(app, ctx);
  return app;
}
