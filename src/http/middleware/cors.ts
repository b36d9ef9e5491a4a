import type { Context as HonoContext, MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import type { Context } from "../../context.ts";
import { isOfOrigins } from "../../sites/canonical-url.ts";
import { findSite } from "../../sites/site.ts";
import type { HttpEnv } from "../env.ts";
import { putHeader } from "../put-header.ts";

const MAX_AGE_SECONDS = 600;
const EXPOSED = "ETag,Link,Location,RateLimit,RateLimit-Policy,Retry-After,X-Request-Id";

/** Lets the pages of a site's own origins call its routes. No credentials: anonymous posting carries no authority. */
export function siteCors(ctx: Context): MiddlewareHandler<HttpEnv> {
  const allowedOrigin = async (origin: string, c: HonoContext) => {
    if (!origin) return null;
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
  return async (c, next) => {
    if (c.req.method === "OPTIONS") return preflight(c, next);
    // Not by the library: it starts the answer before the handler does, and Hono then copies the handler's, body and all.
    putHeader(c, "Vary", "Origin");
    const origin = await allowedOrigin(c.req.header("origin") ?? "", c);
    if (origin !== null) {
      putHeader(c, "Access-Control-Allow-Origin", origin);
      putHeader(c, "Access-Control-Expose-Headers", EXPOSED);
    }
    return next();
  };
}
