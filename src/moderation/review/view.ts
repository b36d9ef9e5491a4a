import { type Principal, requireScope } from "../../accounts/principal.ts";
import type { Scope } from "../../accounts/scopes.ts";
import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { getSite } from "../../sites/site.ts";

/**
 * The site to which the caller's reading and deciding is confined; null: none. What lies outside is not found rather than
 * forbidden, so that one site learns nothing of another.
 * @throws AppError `forbidden` when the caller lacks the scope.
 */
export function confinement(principal: Principal, scope: Scope): number | null {
  // Whether the site is theirs is for the query that is given the result.
  requireScope({ ...principal, siteId: null }, scope);
  return principal.siteId;
}

/** Narrows a confinement to a named site. @throws AppError `not_found` for no such site as for another's. */
export async function narrowToSite(
  ctx: Context,
  confinedTo: number | null,
  key: string | undefined,
): Promise<number | null> {
  if (key === undefined) return confinedTo;
  const site = await getSite(ctx, key);
  if (confinedTo !== null && confinedTo !== site.id) {
    throw new AppError("not_found", "There is no such site.", { reason: "site_not_found" });
  }
  return site.id;
}

/** A text as the id of a thread or author; undefined when it cannot be one. */
export function toBigintId(text: string): string | undefined {
  return /^[1-9]\d{0,17}$/.test(text) ? text : undefined;
}
