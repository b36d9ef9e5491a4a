import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomFillSync,
} from "node:crypto";
import { AppError } from "../errors.ts";

/** An AES-256 key; `id` is 1 to 32 of `[A-Za-z0-9_-]`, is stored in the clear and must never be reused. */
export type BoxKey = { id: string; key: SecretKey };

/** A KeyObject where it is used often: a Buffer is made into one at every use, which costs several times the hash itself. */
export type SecretKey = KeyObject | Buffer;

export type SecretBox = {
  /** Seals text under the first key. At most 2^32 values per key (random nonces, NIST SP 800-38D §8.3). */
  seal(plaintext: string, aad: string): Buffer;
  /**
   * Opens what {@link SecretBox.seal} made with the same `aad`.
   * @throws AppError `unavailable`, reason `unknown_key` (key not configured) or `garbled` (anything else).
   */
  open(sealed: Buffer, aad: string): string;
};

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const KEY_ID = /^[A-Za-z0-9_-]{1,32}$/;

/**
 * Authenticated encryption for secrets and e-mail addresses at rest: AES-256-GCM (NIST SP 800-38D).
 * Sealed bytes: version (1), key id length (1), key id, nonce (12), ciphertext, tag (16). `aad` names the place
 * a value belongs to (`author.email:<id>`), so that sealed bytes copied to another row do not open there.
 * To rotate, put the new key first: it seals from then on, and all keys open.
 * @throws AppError `invalid_input` for no key, a key that is not 32 bytes, a bad or repeated id.
 */
export function createSecretBox(keys: readonly BoxKey[]): SecretBox {
  const [first] = keys;
  if (!first) throw new AppError("invalid_input", "A secret box needs at least one key.");
  const byId = new Map<string, KeyObject>();
  for (const { id, key } of keys) {
    if (!KEY_ID.test(id) || byId.has(id)) {
      throw new AppError("invalid_input", "Key ids must be unique, 1 to 32 letters, digits, _ or -.");
    }
    const object = Buffer.isBuffer(key) ? createSecretKey(key) : key;
    if (object.symmetricKeySize !== KEY_BYTES) {
      throw new AppError("invalid_input", `Key ${id} must be ${KEY_BYTES} bytes.`);
    }
    byId.set(id, object);
  }
  const sealing = byId.get(first.id);
  if (!sealing) throw new AppError("invalid_input", "A secret box needs at least one key.");
  const header = Buffer.concat([Buffer.from([VERSION, first.id.length]), Buffer.from(first.id, "ascii")]);
  return {
    seal: (plaintext, aad) => seal(header, sealing, plaintext, aad),
    open: (sealed, aad) => open(byId, sealed, aad),
  };
}

/** One system call fills 256 nonces; none is given out twice. */
const nonces = Buffer.alloc(256 * NONCE_BYTES);
let nonceAt = nonces.length;

function nextNonce(): Buffer {
  if (nonceAt === nonces.length) {
    randomFillSync(nonces);
    nonceAt = 0;
  }
  nonceAt += NONCE_BYTES;
  return nonces.subarray(nonceAt - NONCE_BYTES, nonceAt);
}

function seal(header: Buffer, key: KeyObject, plaintext: string, aad: string): Buffer {
  const nonce = nextNonce();
  const cipher = createCipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(boundData(header, aad));
  const ciphertext = cipher.update(plaintext, "utf8");
  return Buffer.concat([header, nonce, ciphertext, cipher.final(), cipher.getAuthTag()]);
}

function open(byId: ReadonlyMap<string, KeyObject>, sealed: Buffer, aad: string): string {
  const [version, idLength] = sealed;
  if (version !== VERSION || idLength === undefined) throw garbled();
  const nonceStart = 2 + idLength;
  const textStart = nonceStart + NONCE_BYTES;
  const tagStart = sealed.length - TAG_BYTES;
  if (tagStart < textStart) throw garbled();
  const id = sealed.toString("latin1", 2, nonceStart);
  if (!KEY_ID.test(id)) throw garbled();
  const key = byId.get(id);
  if (!key) {
    const message = `A stored secret was sealed with key "${id}", which is not configured.`;
    throw new AppError("unavailable", message, { reason: "unknown_key" });
  }
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(nonceStart, textStart), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(boundData(sealed.subarray(0, nonceStart), aad));
  decipher.setAuthTag(sealed.subarray(tagStart));
  try {
    const text = decipher.update(sealed.subarray(textStart, tagStart));
    return Buffer.concat([text, decipher.final()]).toString("utf8");
  } catch (cause) {
    throw garbled(cause);
  }
}

/** The header is authenticated too. It tells its own length, so the two parts cannot be confused. */
function boundData(header: Buffer, aad: string): Buffer {
  return Buffer.concat([header, Buffer.from(aad, "utf8")]);
}

function garbled(cause?: unknown): AppError {
  return new AppError("unavailable", "A stored secret is damaged, or belongs elsewhere: it does not open.", {
    reason: "garbled",
    cause,
  });
}

/**
 * A 32-byte key for one purpose out of the installation's one secret (HKDF-SHA-256, RFC 5869). The secret must
 * be random, not a password. Purposes are fixed strings such as `email.hash`; each gives an unrelated key.
 * @throws AppError `invalid_input` for an empty secret or purpose.
 */
export function deriveKey(secret: string, purpose: string): KeyObject {
  if (!secret || !purpose) throw new AppError("invalid_input", "A key needs a secret and a purpose.");
  return createSecretKey(Buffer.from(hkdfSync("sha256", secret, "parley", purpose, KEY_BYTES)));
}

/** HMAC-SHA-256 (RFC 2104) of a value, for look-ups of what must not be stored in the clear; 32 bytes. */
export function keyedHash(key: SecretKey, value: string): Buffer {
  return createHmac("sha256", key).update(value, "utf8").digest();
}
