import type { Context } from "../context.ts";
import type { Site } from "../sites/site.ts";
import { type Endpoint, toEndpoint } from "./endpoint.ts";
import { disableEndpointRow } from "./store/endpoints.ts";

/** Nothing is sent until the endpoint is enabled; what it is owed stays pending. @throws AppError `not_found` */
export async function disableEndpoint(ctx: Context, site: Site, id: string): Promise<Endpoint> {
  const at = ctx.clock.now();
  return toEndpoint(await disableEndpointRow(ctx.db, { siteId: site.id, id, reason: "manual", at }), at);
}
