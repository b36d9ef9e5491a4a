import { createHmac, timingSafeEqual } from "node:crypto";
import type { SecretKey } from "./accounts/secret-box.ts";
import { AppError } from "./errors.ts";

export type CursorValue = string | number | null;

/** HMAC-SHA-256 truncated to 128 bits (RFC 2104 §5 allows half the hash): a cursor is no credential. */
const MAC_BYTES = 16;
export const CURSOR_CHARS_MAX = 4_096;

/**
 * An opaque keyset cursor: base64url(MAC, JSON of the last row's sort values). Signed, not sealed: put nothing in
 * it that the page before did not show.
 * @param scope site, thread, sort and filters of the list: a cursor of another list is refused.
 * @throws RangeError for values past 4,096 characters or that JSON cannot hold (NaN).
 */
export function encodeCursor(key: SecretKey, scope: string, values: readonly CursorValue[]): string {
  if (values.some((value) => typeof value === "number" && !Number.isFinite(value))) {
    throw new RangeError("A cursor cannot hold NaN or Infinity");
  }
  const payload = Buffer.from(JSON.stringify(values));
  const cursor = Buffer.concat([mac(key, scope, payload), payload]).toString("base64url");
  if (cursor.length > CURSOR_CHARS_MAX) throw new RangeError("The values are too long for a cursor");
  return cursor;
}

/**
 * The values of a cursor made by {@link encodeCursor} with the same key and scope.
 * @throws AppError `invalid_input`, field `cursor`, for anything else.
 */
export function decodeCursor(key: SecretKey, scope: string, cursor: string): CursorValue[] {
  if (cursor.length > CURSOR_CHARS_MAX) throw badCursor();
  const bytes = Buffer.from(cursor, "base64url");
  // Node skips characters outside the alphabet, and spare bits; a cursor has one spelling.
  if (bytes.length <= MAC_BYTES || bytes.toString("base64url") !== cursor) throw badCursor();
  const payload = bytes.subarray(MAC_BYTES);
  if (!timingSafeEqual(bytes.subarray(0, MAC_BYTES), mac(key, scope, payload))) throw badCursor();
  return parseValues(payload.toString());
}

function parseValues(text: string): CursorValue[] {
  try {
    const values: unknown = JSON.parse(text);
    if (Array.isArray(values) && values.every(isCursorValue)) return values;
  } catch {
    // Only a payload of another version, signed by the same key, gets here.
  }
  throw badCursor();
}

function mac(key: SecretKey, scope: string, payload: Buffer): Buffer {
  // The length keeps the end of the scope from passing for the start of the payload.
  const head = `${Buffer.byteLength(scope)}:${scope}`;
  return createHmac("sha256", key).update(head).update(payload).digest().subarray(0, MAC_BYTES);
}

function isCursorValue(value: unknown): value is CursorValue {
  return value === null || typeof value === "string" || typeof value === "number";
}

function badCursor(): AppError {
  const message = "is not a cursor of this list; start again without it";
  return new AppError("invalid_input", `The cursor ${message}.`, { fields: [{ path: "cursor", message }] });
}
