import { createHmac } from "node:crypto";
import { AppError } from "../errors.ts";
import { parseWebhookSecret } from "./secret.ts";

export type SignWebhookInput = {
  /** Stable across retries; letters, digits, `_` and `-`, so that the signed content is unambiguous. */
  id: string;
  /** Unix seconds of this attempt. */
  timestampSeconds: number;
  /** The exact bytes that are sent; a string stands for its UTF-8. */
  body: string | Uint8Array;
  /** Newest first; during a rotation the old secret stays in the list and the receiver accepts either. */
  secrets: readonly string[];
};

/**
 * The `webhook-signature` header of Standard Webhooks 1.0.0: one `v1,` + base64(HMAC-SHA256) of
 * `id.timestamp.body` for each secret, separated by spaces.
 * @throws AppError `invalid_input` for a bad id, timestamp or secret, or no secret at all.
 */
export function signWebhook({ id, timestampSeconds, body, secrets }: SignWebhookInput): string {
  if (!WEBHOOK_ID.test(id))
    throw new AppError("invalid_input", "The webhook id has a character it may not have.");
  if (!Number.isSafeInteger(timestampSeconds) || timestampSeconds < 0) {
    throw new AppError("invalid_input", "The webhook timestamp must be whole Unix seconds.");
  }
  if (secrets.length === 0) throw new AppError("invalid_input", "A webhook needs at least one secret.");
  const start = `${id}.${timestampSeconds}.`;
  return secrets.map((secret) => signV1(parseWebhookSecret(secret), start, body)).join(" ");
}

const WEBHOOK_ID = /^[A-Za-z0-9_-]{1,255}$/;

function signV1(key: Buffer, start: string, body: string | Uint8Array): string {
  return `v1,${createHmac("sha256", key).update(start).update(body).digest("base64")}`;
}
