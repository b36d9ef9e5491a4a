import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import { parseApiToken } from "./api-token.ts";
import { revokeTokens } from "./store.ts";

/**
 * Takes back a token for good; its next use is refused. Given by its prefix as listed (`pa_site_1aB2`) or, when it has
 * leaked and only its text is at hand, whole.
 * @throws AppError `not_found` when no valid token begins so.
 */
export async function revokeToken(
  ctx: Pick<Context, "db">,
  prefixOrToken: string,
): Promise<{ displayPrefix: string }> {
  const displayPrefix = parseApiToken(prefixOrToken)?.displayPrefix ?? prefixOrToken;
  if ((await revokeTokens(ctx.db, displayPrefix)) > 0) return { displayPrefix };
  throw new AppError("not_found", `There is no valid token ${displayPrefix}.`, { reason: "token_not_found" });
}
