import { authenticate } from "../accounts/authenticate.ts";
import { parseIp } from "../accounts/ip.ts";
import { requireScope } from "../accounts/principal.ts";
import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import type { Site } from "../sites/site.ts";
import { bearerToken } from "./bearer.ts";
import type { Request } from "./env.ts";

const HEADER = "X-Reader-IP";

/**
 * Whose address a submission counts against: the one that a publisher's server names in `X-Reader-IP`, for which its
 * token needs the scope `comments:submit`, or else that of the connection.
 * @param connectionIp as seen through the trusted proxies.
 * @throws AppError `not_authenticated`, `forbidden`, `invalid_input`. The header is never just passed over: limits and
 * blocked addresses would then silently be about the server.
 */
export async function readerIp(ctx: Context, c: Request, site: Site, connectionIp: string): Promise<string> {
  const named = c.req.header(HEADER);
  if (named === undefined) return connectionIp;
  const token = bearerToken(c);
  if (token === undefined) {
    throw new AppError("not_authenticated", `${HEADER} needs an API token with the scope comments:submit.`);
  }
  requireScope(await authenticate(ctx, token), "comments:submit", site);
  const ip = parseIp(named.trim());
  if (ip !== undefined) return ip;
  throw new AppError("invalid_input", `${HEADER} is not an IP address.`, {
    fields: [{ path: HEADER, message: "not an IP address" }],
  });
}
