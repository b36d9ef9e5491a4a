import type { Context } from "../context.ts";
import type { Site } from "../sites/site.ts";
import { type Endpoint, toEndpoint } from "./endpoint.ts";
import { listEndpointRows } from "./store/endpoints.ts";

/** All endpoints of a site, oldest first; there are never more than fit one answer. */
export async function listEndpoints(ctx: Context, site: Site): Promise<Endpoint[]> {
  const now = ctx.clock.now();
  return (await listEndpointRows(ctx.db, site.id)).map((row) => toEndpoint(row, now));
}
