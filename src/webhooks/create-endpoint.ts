import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import { newId } from "../ids.ts";
import type { Site } from "../sites/site.ts";
import { type Endpoint, toEndpoint } from "./endpoint.ts";
import { sealEndpointSecret } from "./endpoint-secret.ts";
import { checkWebhookUrl } from "./guard.ts";
import { ENDPOINTS_PER_SITE_MAX, type NewEndpointFields } from "./schema.ts";
import { generateWebhookSecret, parseWebhookSecret } from "./secret.ts";
import { insertEndpoint } from "./store/endpoints.ts";

export type CreateEndpointInput = { site: Site; fields: NewEndpointFields };

/**
 * Adds a webhook receiver to a site. Its secret is returned here and by a rotation, and shown nowhere else.
 * @throws AppError `invalid_input` for a secret of the wrong form or a URL that must not be contacted (`refused_url`,
 * `refused_address`, `dns`); `conflict`, reason `endpoints_max`.
 */
export async function createEndpoint(
  ctx: Context,
  { site, fields }: CreateEndpointInput,
): Promise<{ endpoint: Endpoint; secret: string }> {
  const secret = fields.secret ?? generateWebhookSecret();
  parseWebhookSecret(secret);
  const url = await checkWebhookUrl(fields.url, ctx.webhooks.guard);
  const at = ctx.clock.now();
  const id = newId(at.getTime());
  const endpoint = {
    id,
    siteId: site.id,
    url,
    description: fields.description,
    types: fields.types,
    secretSealed: sealEndpointSecret(ctx.keys, id, secret),
    at,
  };
  const row = await ctx.db.transaction((tx) => insertEndpoint(tx, endpoint, ENDPOINTS_PER_SITE_MAX));
  if (!row) throw tooMany();
  return { endpoint: toEndpoint(row, at), secret };
}

function tooMany(): AppError {
  return new AppError("conflict", `A site can have ${ENDPOINTS_PER_SITE_MAX} endpoints at most.`, {
    reason: "endpoints_max",
    details: { endpointsMax: ENDPOINTS_PER_SITE_MAX },
  });
}
