import type { Context } from "../context.ts";
import type { Site } from "../sites/site.ts";
import { endpointNotFound } from "./endpoint.ts";
import { removeEndpointRow } from "./store/endpoints.ts";

/** Removes an endpoint for good. What it was owed becomes a dead letter, and its deliveries stay visible. @throws AppError `not_found` */
export async function removeEndpoint(ctx: Context, site: Site, id: string): Promise<void> {
  const at = ctx.clock.now();
  const removed = await ctx.db.transaction((tx) => removeEndpointRow(tx, site.id, id, at));
  if (!removed) throw endpointNotFound();
}
