import type { Context } from "../context.ts";
import type { Site } from "../sites/site.ts";
import { type Endpoint, toEndpoint } from "./endpoint.ts";
import { findEndpointRow } from "./store/endpoints.ts";

/** @throws AppError `not_found` */
export async function getEndpoint(ctx: Context, site: Site, id: string): Promise<Endpoint> {
  return toEndpoint(await findEndpointRow(ctx.db, site.id, id), ctx.clock.now());
}
