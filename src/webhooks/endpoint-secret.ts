import type { Context } from "../context.ts";

/** How long the secret before a rotation goes on signing beside the new one. */
export const PREVIOUS_SECRET_SECONDS = 24 * 3_600;

export function sealEndpointSecret(keys: Context["keys"], endpointId: string, secret: string): Buffer {
  return keys.box.seal(secret, aadOf(endpointId));
}

/**
 * The secrets to sign with, newest first.
 * @throws AppError `unavailable` when one was sealed with a key that is not configured any more, or is damaged.
 */
export function openEndpointSecrets(
  keys: Context["keys"],
  endpoint: {
    endpoint_id: string;
    secret_sealed: Buffer;
    previous_secret_sealed: Buffer | null;
    previous_secret_until: Date | null;
  },
  now: Date,
): string[] {
  const { endpoint_id: id, previous_secret_sealed: previous, previous_secret_until: until } = endpoint;
  const sealed = [endpoint.secret_sealed];
  if (previous !== null && until !== null && until > now) sealed.push(previous);
  return sealed.map((secret) => keys.box.open(secret, aadOf(id)));
}

function aadOf(endpointId: string): string {
  return `webhook-secret:${endpointId}`;
}
