import { randomBytes } from "node:crypto";
import { AppError } from "../errors.ts";

/** Size of a symmetric secret, Standard Webhooks 1.0.0 "Signature scheme". */
const SECRET_BYTES_MIN = 24;
const SECRET_BYTES_MAX = 64;

const PREFIX = "whsec_";
const GENERATED_BYTES = 32;

/** A new symmetric secret of 32 random bytes, in the form given to the receiver: `whsec_` + base64. */
export function generateWebhookSecret(): string {
  return PREFIX + randomBytes(GENERATED_BYTES).toString("base64");
}

/**
 * The key bytes of a `whsec_…` secret: canonical, padded base64 of 24 to 64 bytes.
 * @throws AppError `invalid_input`, field `secret`; the message never repeats the secret.
 */
export function parseWebhookSecret(text: string): Buffer {
  if (!text.startsWith(PREFIX)) throw refused(`must start with ${PREFIX}`);
  const encoded = text.slice(PREFIX.length);
  const key = Buffer.from(encoded, "base64");
  // Node skips what is not base64; the receiver's decoder may not, and would sign with other bytes.
  if (key.toString("base64") !== encoded) throw refused("must be padded standard base64");
  if (key.length < SECRET_BYTES_MIN || key.length > SECRET_BYTES_MAX) {
    throw refused(`must be ${SECRET_BYTES_MIN} to ${SECRET_BYTES_MAX} bytes`);
  }
  return key;
}

function refused(problem: string): AppError {
  const message = `The webhook secret ${problem}.`;
  return new AppError("invalid_input", message, {
    reason: "webhook_secret",
    fields: [{ path: "secret", message }],
  });
}
