import type { MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import type { Context } from "../../context.ts";
import { isOfOrigins } from "../../sites/canonical-url.ts";
import { isSiteKey } from "../../sites/site.ts";

const MAX_AGE_SECONDS = 600;

/** Lets the pages of a site's own origins call its routes. No credentials: anonymous posting carries no authority. */
export function siteCors(ctx: Context): MiddlewareHandler {
  return cors({
    origin: async (origin, c) => {
      if (!origin) return null;
      const key = c.req.path.split("/")[3] ?? "";
      const site = isSiteKey(key) ? await ctx.caches.sites.fetch(key) : undefined;
      return site && isOfOrigins(origin, site.origins) ? origin : null;
    },
    allowMethods: ["GET", "POST", "PATCH", "DELETE"],
    allowHeaders: ["Authorization", "Content-Type", "Idempotency-Key", "If-None-Match"],
    exposeHeaders: [
      "ETag",
      "Link",
      "Location",
      "RateLimit",
      "RateLimit-Policy",
      "Retry-After",
      "X-Request-Id",
    ],
    maxAge: MAX_AGE_SECONDS,
    credentials: false,
  });
}
