import type { MiddlewareHandler } from "hono";
import type { Context } from "../../context.ts";
import type { HttpEnv } from "../env.ts";
import { putHeader } from "../put-header.ts";

/** For pages without scripts of others or inline; the API reference loosens what its own page needs. */
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "form-action *; base-uri 'none'; frame-ancestors 'none'";

/** OWASP ASVS 5.0 V3.4: no sniffing, no framing, no referrer beyond the origin, HSTS where we are reached by https. */
export function secureHeaders(ctx: Context): MiddlewareHandler<HttpEnv> {
  const https = ctx.config.http.publicUrl.startsWith("https:");
  return (c, next) => {
    // Before the answer is made: a header put on a finished one makes Hono copy it, its body as a stream.
    putHeader(c, "x-content-type-options", "nosniff");
    putHeader(c, "referrer-policy", "strict-origin-when-cross-origin");
    if (https) putHeader(c, "strict-transport-security", "max-age=31536000");
    putHeader(c, "content-security-policy", CSP);
    return next();
  };
}
