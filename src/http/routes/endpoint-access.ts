import { requireScope } from "../../accounts/principal.ts";
import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { isUuid } from "../../ids.ts";
import { getSite, type Site } from "../../sites/site.ts";
import { principalOf } from "../authenticated.ts";
import type { Request } from "../env.ts";

/**
 * The site of the path, for a caller who may manage its webhooks.
 * @throws AppError `not_found`, also for the sites that a token of one site must not know of; `forbidden`
 */
export async function managedSite(ctx: Context, c: Request): Promise<Site> {
  const principal = principalOf(c);
  const site = await getSite(ctx, c.req.param("site") ?? "");
  if (principal.siteId !== null && principal.siteId !== site.id) {
    throw new AppError("not_found", "There is no such site.", { reason: "site_not_found" });
  }
  requireScope(principal, "webhooks:manage", site);
  return site;
}

/** The id of the path. @throws AppError `not_found` for what cannot be one */
export function pathId(c: Request, what: "endpoint" | "event"): string {
  const id = (c.req.param("id") ?? "").toLowerCase();
  if (isUuid(id)) return id;
  throw new AppError("not_found", `There is no such ${what}.`, { reason: `${what}_not_found` });
}

/** @throws AppError `not_found` for what cannot be a delivery's number */
export function pathDeliveryId(c: Request): string {
  const id = c.req.param("id") ?? "";
  if (/^[1-9]\d{0,17}$/.test(id)) return id;
  throw new AppError("not_found", "There is no such delivery.", { reason: "delivery_not_found" });
}
