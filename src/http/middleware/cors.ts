import type { Context as HonoContext, MiddlewareHandler, Next } from "hono";
import { cors } from "hono/cors";
import type { Context } from "../../context.ts";
import { isOfOrigins } from "../../sites/canonical-url.ts";
import { findSite } from "../../sites/site.ts";
import type { HttpEnv, Request } from "../env.ts";
import { putHeader } from "../put-header.ts";
import { requestHeader } from "../request-header.ts";

const MAX_AGE_SECONDS = 600;
const EXPOSED = "ETag,Link,Location,RateLimit,RateLimit-Policy,Retry-After,X-Request-Id";

/** Lets the pages of a site's own origins call its routes. No credentials: anonymous posting carries no authority. */
export function siteCors(ctx: Context): MiddlewareHandler<HttpEnv> {
  const allowedOrigin = async (origin: string, c: HonoContext) => {
    const site = await findSite(ctx, c.req.path.split("/")[3] ?? "");
    return site && isOfOrigins(origin, site.origins) ? origin : null;
  };
  const preflight = cors({
    origin: allowedOrigin,
    allowMethods: ["GET", "POST", "PATCH", "DELETE"],
    allowHeaders: ["Authorization", "Content-Type", "Idempotency-Key", "If-None-Match"],
    maxAge: MAX_AGE_SECONDS,
    credentials: false,
  });
  const answerOrigin = async (given: string, c: Request, next: Next) => {
    const origin = await allowedOrigin(given, c);
    if (origin !== null) {
      putHeader(c, "access-control-allow-origin", origin);
      putHeader(c, "access-control-expose-headers", EXPOSED);
    }
    return next();
  };
  return (c, next) => {
    if (c.req.method === "OPTIONS") return preflight(c, next);
    // Not by the library: it starts the answer before the handler does, and Hono then copies the handler's, body and all.
    putHeader(c, "vary", "Origin");
    const origin = requestHeader(c, "origin");
    return origin ? answerOrigin(origin, c, next) : next();
  };
}
