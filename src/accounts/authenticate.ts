import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import { hashApiToken, parseApiToken } from "./api-token.ts";
import type { Principal } from "./principal.ts";
import { findTokenRow, touchToken } from "./store.ts";

/** The caller behind an API token. @throws AppError `not_authenticated`, with the same words for every cause. */
export async function authenticate(ctx: Context, token: string): Promise<Principal> {
  const row = parseApiToken(token) ? await findTokenRow(ctx.db, hashApiToken(token)) : undefined;
  const now = ctx.clock.now();
  if (!row || row.revoked_at !== null || (row.expires_at !== null && row.expires_at <= now)) {
    throw new AppError("not_authenticated", "The token is not valid, or no longer.");
  }
  await touchToken(ctx.db, row.id, now);
  return { tokenId: row.id, name: row.name, scopes: new Set(row.scopes), siteId: row.site_id };
}
