import { createHmac, timingSafeEqual } from "node:crypto";
import type { SecretKey } from "../accounts/secret-box.ts";

const PREFIX = "pe_";
/** The prefix and 43 characters of base64url. */
const TOKEN_CHARS = PREFIX.length + 43;

/**
 * The token with which an author may edit or remove one comment: `pe_` + base64url(HMAC-SHA-256 of its id).
 * Derived, so nothing is stored and a repeated submission is answered with the same token. It does not expire
 * by itself: whoever takes it checks the edit window.
 */
export function issueEditToken(key: SecretKey, commentId: string): string {
  return PREFIX + createHmac("sha256", key).update(commentId).digest("base64url");
}

/** Whether the token is the one of this comment; in constant time. Never throws. */
export function verifyEditToken(key: SecretKey, commentId: string, token: string): boolean {
  if (token.length !== TOKEN_CHARS) return false;
  // Compared as text, so that the spare bits of the last character cannot make a second valid spelling.
  const given = Buffer.from(token);
  const expected = Buffer.from(issueEditToken(key, commentId));
  return given.length === expected.length && timingSafeEqual(given, expected);
}
