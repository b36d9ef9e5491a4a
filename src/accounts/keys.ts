import { createSecretBox, deriveKey, keyedHash, type SecretBox, type SecretKey } from "./secret-box.ts";

/** Every key of an instance, derived from its secret (HKDF), so that no two purposes share one. */
export type Keys = {
  /** Seals e-mail addresses and webhook secrets. */
  box: SecretBox;
  /** The first signs, all of them verify. */
  formTokens: readonly [SecretKey, ...SecretKey[]];
  editToken: SecretKey;
  viewToken: SecretKey;
  cursor: SecretKey;
  /** HMAC of a normalised e-mail address within one site: the same reader is another in the next site. */
  emailHash(siteId: number, email: string): Buffer;
  /** HMAC of an IP address or network within one site. */
  ipHash(siteId: number, address: string): Buffer;
  /** HMAC for what identifies a submission. */
  submissionHash(value: string): Buffer;
  /** HMAC of a question to an external check, to find its answer again. */
  questionHash(value: string): Buffer;
};

/**
 * @param secrets The current secret first. After a rotation the older ones still open what they sealed; the
 * oldest goes on making the look-up hashes, since those cannot be made anew without the addresses.
 */
export function deriveKeys(secrets: readonly [string, ...string[]]): Keys {
  const [current, ...older] = secrets;
  const oldest = older.at(-1) ?? current;
  const emailKey = deriveKey(oldest, "email-hash");
  const ipKey = deriveKey(oldest, "ip-hash");
  const questionKey = deriveKey(current, "question-hash");
  const submissionKey = deriveKey(oldest, "submission-hash");
  return {
    box: createSecretBox(secrets.map((secret) => boxKey(secret))),
    formTokens: [deriveKey(current, "form-token"), ...older.map((secret) => deriveKey(secret, "form-token"))],
    editToken: deriveKey(oldest, "edit-token"),
    viewToken: deriveKey(oldest, "view-token"),
    cursor: deriveKey(current, "cursor"),
    emailHash: (siteId, email) => keyedHash(emailKey, `${siteId}\n${email}`),
    ipHash: (siteId, address) => keyedHash(ipKey, `${siteId}\n${address}`).subarray(0, 16),
    questionHash: (value) => keyedHash(questionKey, value).subarray(0, 16),
    submissionHash: (value) => keyedHash(submissionKey, value).subarray(0, 16),
  };
}

function boxKey(secret: string): { id: string; key: SecretKey } {
  return {
    id: deriveKey(secret, "box-id").export().toString("hex").slice(0, 8),
    key: deriveKey(secret, "box"),
  };
}

/** Binds sealed addresses to their site: a row copied to another site does not open there. */
export function emailAad(siteId: number): string {
  return `author-email:${siteId}`;
}
