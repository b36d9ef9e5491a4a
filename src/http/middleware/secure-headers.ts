import type { MiddlewareHandler } from "hono";
import type { Context } from "../../context.ts";

/** For pages without scripts of others or inline; the API reference loosens what its own page needs. */
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "form-action *; base-uri 'none'; frame-ancestors 'none'";

/** OWASP ASVS 5.0 V3.4: no sniffing, no framing, no referrer beyond the origin, HSTS where we are reached by https. */
export function secureHeaders(ctx: Context): MiddlewareHandler {
  const https = ctx.config.http.publicUrl.startsWith("https:");
  return async (c, next) => {
    await next();
    const { headers } = c.res;
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Referrer-Policy", "strict-origin-when-cross-origin");
    if (https) headers.set("Strict-Transport-Security", "max-age=31536000");
    if (!headers.has("Content-Security-Policy")) headers.set("Content-Security-Policy", CSP);
  };
}
