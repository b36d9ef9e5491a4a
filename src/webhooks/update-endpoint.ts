import type { Context } from "../context.ts";
import type { Site } from "../sites/site.ts";
import { type Endpoint, toEndpoint } from "./endpoint.ts";
import { checkWebhookUrl } from "./guard.ts";
import type { EndpointChangeFields } from "./schema.ts";
import { updateEndpointRow } from "./store/endpoints.ts";

export type UpdateEndpointInput = { site: Site; id: string; fields: EndpointChangeFields };

/**
 * Changes what is given. A new URL also receives what is still pending; new types concern only what happens from now on.
 * @throws AppError `not_found`, `invalid_input` as in `createEndpoint`
 */
export async function updateEndpoint(ctx: Context, input: UpdateEndpointInput): Promise<Endpoint> {
  const { site, id, fields } = input;
  const url = fields.url === undefined ? undefined : await checkWebhookUrl(fields.url, ctx.webhooks.guard);
  const at = ctx.clock.now();
  const change = { siteId: site.id, id, url, types: fields.types, description: fields.description, at };
  return toEndpoint(await updateEndpointRow(ctx.db, change), at);
}
