import type { Context } from "../context.ts";
import type { Site } from "../sites/site.ts";
import { type Endpoint, toEndpoint } from "./endpoint.ts";
import { enableEndpointRow } from "./store/endpoints.ts";

/** Resumes: what is pending goes out within seconds, also to an endpoint that had asked for a rest. @throws AppError `not_found` */
export async function enableEndpoint(ctx: Context, site: Site, id: string): Promise<Endpoint> {
  const at = ctx.clock.now();
  return toEndpoint(await enableEndpointRow(ctx.db, site.id, id, at), at);
}
