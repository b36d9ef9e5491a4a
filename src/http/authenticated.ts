import type { MiddlewareHandler } from "hono";
import { authenticate } from "../accounts/authenticate.ts";
import type { Principal } from "../accounts/principal.ts";
import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import { bearerToken } from "./bearer.ts";
import type { HttpEnv, Request } from "./env.ts";

/** RFC 6750 §3: how to authenticate, told with every 401. */
const CHALLENGE = 'Bearer realm="parley"';

/** Lets only callers with a valid API token through and leaves who they are for {@link principalOf}. */
export function authenticated(ctx: Context): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    c.set("principal", await identify(ctx, c));
    c.header("Cache-Control", "no-store");
    await next();
  };
}

async function identify(ctx: Context, c: Request): Promise<Principal> {
  try {
    const token = bearerToken(c);
    if (token === undefined) throw new AppError("not_authenticated", "Send an API token as bearer token.");
    return await authenticate(ctx, token);
  } catch (error) {
    if (error instanceof AppError && error.code === "not_authenticated")
      c.header("WWW-Authenticate", CHALLENGE);
    throw error;
  }
}

/** The caller, behind {@link authenticated}. @throws AppError `not_authenticated` */
export function principalOf(c: Request): Principal {
  const principal = c.get("principal");
  if (!principal) throw new AppError("not_authenticated", "Send an API token as bearer token.");
  return principal;
}
