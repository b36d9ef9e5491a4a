import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { SecretKey } from "../accounts/secret-box.ts";
import type { RequestFacts } from "./request-facts.ts";

type Place = { siteKey: string; threadKey: string; nowMs: number };

export type FormTokenCheck = {
  state: RequestFacts["form"]["token"];
  /** Milliseconds since issue; null unless the token is valid or expired. */
  ageMs: number | null;
  /** The same for every submission of one rendered form: its idempotency key. Null unless the MAC is right. */
  nonce: string | null;
};

const PREFIX = "pf1_";
const TIME_BYTES = 6;
const NONCE_BYTES = 12;
const PLACE_BYTES = 16;
const CLAIMS_BYTES = TIME_BYTES + NONCE_BYTES + PLACE_BYTES;
/** 34 bytes of claims and 32 of MAC are 88 characters without spare bits: a token has one spelling. */
const TOKEN_PATTERN = /^pf1_[\w-]{88}$/;
const CLOCK_SKEW_MS_MAX = 60_000;

/**
 * A token for one rendered form: `pf1_` + base64url(issue time, nonce, hash of site and thread, HMAC-SHA-256 of
 * it all). It proves that the form came from here, when, and for which thread; it carries no authority.
 */
export function issueFormToken(key: SecretKey, place: Place): string {
  const time = Buffer.alloc(TIME_BYTES);
  time.writeUIntBE(place.nowMs, 0, TIME_BYTES);
  const claims = Buffer.concat([time, randomBytes(NONCE_BYTES), placeHash(place)]);
  return PREFIX + Buffer.concat([claims, mac(key, claims)]).toString("base64url");
}

/**
 * What a submitted token tells. Forged, altered and future-dated ones (beyond a minute of clock skew) are
 * `invalid`; `wrong_thread` is a genuine token of another form, whatever its age. Never throws.
 * @param token null, undefined and empty are `absent`.
 */
export function verifyFormToken(
  key: SecretKey,
  token: string | null | undefined,
  place: Place & { maxAgeMs: number },
): FormTokenCheck {
  if (!token) return { state: "absent", ageMs: null, nonce: null };
  const claims = genuineClaims(key, token);
  if (!claims) return { state: "invalid", ageMs: null, nonce: null };
  const nonce = claims.subarray(TIME_BYTES, TIME_BYTES + NONCE_BYTES).toString("base64url");
  if (!claims.subarray(TIME_BYTES + NONCE_BYTES).equals(placeHash(place))) {
    return { state: "wrong_thread", ageMs: null, nonce };
  }
  const ageMs = place.nowMs - claims.readUIntBE(0, TIME_BYTES);
  if (ageMs < -CLOCK_SKEW_MS_MAX) return { state: "invalid", ageMs: null, nonce: null };
  return { state: ageMs > place.maxAgeMs ? "expired" : "valid", ageMs: Math.max(0, ageMs), nonce };
}

function genuineClaims(key: SecretKey, token: string): Buffer | undefined {
  if (!TOKEN_PATTERN.test(token)) return undefined;
  const bytes = Buffer.from(token.slice(PREFIX.length), "base64url");
  const claims = bytes.subarray(0, CLAIMS_BYTES);
  return timingSafeEqual(bytes.subarray(CLAIMS_BYTES), mac(key, claims)) ? claims : undefined;
}

function mac(key: SecretKey, claims: Buffer): Buffer {
  return createHmac("sha256", key).update(PREFIX).update(claims).digest();
}

/** No secret: it only lets a token of another thread be told from a forged one. */
function placeHash({ siteKey, threadKey }: Place): Buffer {
  const text = JSON.stringify([siteKey, threadKey]);
  return createHash("sha256").update(text).digest().subarray(0, PLACE_BYTES);
}
