import { requireScope } from "../accounts/principal.ts";
import type { Scope } from "../accounts/scopes.ts";
import type { Context } from "../context.ts";
import { getSite, type Site, siteNotFound } from "../sites/site.ts";
import { principalOf } from "./authenticated.ts";
import type { Request } from "./env.ts";

/**
 * The site of the path, for a caller who holds the scope for it.
 * @throws AppError `not_found`, also for the sites that a token of one site must not know of; `forbidden`
 */
export async function permittedSite(ctx: Context, c: Request, scope: Scope): Promise<Site> {
  const principal = principalOf(c);
  const site = await getSite(ctx, c.req.param("site") ?? "");
  if (principal.siteId !== null && principal.siteId !== site.id) throw siteNotFound();
  requireScope(principal, scope, site);
  return site;
}
