import type { Context } from "../context.ts";
import type { Site } from "../sites/site.ts";
import { type Endpoint, toEndpoint } from "./endpoint.ts";
import { PREVIOUS_SECRET_SECONDS, sealEndpointSecret } from "./endpoint-secret.ts";
import { generateWebhookSecret, parseWebhookSecret } from "./secret.ts";
import { rotateSecretRow } from "./store/endpoints.ts";

export type RotateSecretInput = {
  site: Site;
  id: string;
  /** Made by Parley unless given. */
  secret?: string | undefined;
};

/**
 * Gives an endpoint a new secret, returned here and never again. The one before goes on signing beside it for 24 hours; a
 * second rotation within that time ends it, since only two sign.
 * @throws AppError `not_found`, `invalid_input` for a secret of the wrong form
 */
export async function rotateSecret(
  ctx: Context,
  input: RotateSecretInput,
): Promise<{ endpoint: Endpoint; secret: string }> {
  const { site, id } = input;
  const secret = input.secret ?? generateWebhookSecret();
  parseWebhookSecret(secret);
  const at = ctx.clock.now();
  const row = await rotateSecretRow(ctx.db, {
    siteId: site.id,
    id,
    secretSealed: sealEndpointSecret(ctx.keys, id, secret),
    previousUntil: new Date(at.getTime() + PREVIOUS_SECRET_SECONDS * 1_000),
    at,
  });
  return { endpoint: toEndpoint(row, at), secret };
}
