import { createHash, randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import type { TokenKind } from "./scopes.ts";

export type NewApiToken = {
  /** Shown once, never stored. */
  token: string;
  displayPrefix: string;
  /** SHA-256: what is stored. Fast is enough for 178 random bits; a password would need Argon2. */
  hash: Buffer;
};

const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** 30 characters of base62 are 178 bits. */
const RANDOM_CHARS = 30;
const CHECKSUM_CHARS = 6;
/** How many random characters the display prefix gives away, to tell tokens apart in a list. */
const DISPLAY_CHARS = 4;
const TOKEN_PATTERN = /^pa_(admin|mod|site)_[0-9A-Za-z]{36}$/;

/**
 * A new API token: `pa_<kind>_`, 30 random characters and the CRC-32 of all that in 6, base62 throughout, so that
 * secret scanners find it and typing errors are caught without a look-up.
 */
export function generateApiToken(kind: TokenKind): NewApiToken {
  const body = `pa_${kind}_${randomBase62(RANDOM_CHARS)}`;
  const token = body + checksum(body);
  return { token, displayPrefix: displayPrefixOf(token, kind), hash: hashApiToken(token) };
}

/** The kind of a well-formed token, whether or not it exists; undefined for anything else. Never throws. */
export function parseApiToken(token: string): { kind: TokenKind; displayPrefix: string } | undefined {
  const kind = kindOf(TOKEN_PATTERN.exec(token)?.[1]);
  if (!kind || checksum(token.slice(0, -CHECKSUM_CHARS)) !== token.slice(-CHECKSUM_CHARS)) return undefined;
  return { kind, displayPrefix: displayPrefixOf(token, kind) };
}

function kindOf(text: string | undefined): TokenKind | undefined {
  return text === "admin" || text === "mod" || text === "site" ? text : undefined;
}

function displayPrefixOf(token: string, kind: TokenKind): string {
  return token.slice(0, `pa_${kind}_`.length + DISPLAY_CHARS);
}

/** The SHA-256 under which a token is stored and looked up. */
export function hashApiToken(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

function randomBase62(chars: number): string {
  let text = "";
  while (text.length < chars) {
    for (const byte of randomBytes(chars)) {
      // 248 = 4 × 62: higher bytes would favour the first characters.
      if (byte < 248 && text.length < chars) text += BASE62.charAt(byte % 62);
    }
  }
  return text;
}

function checksum(body: string): string {
  let rest = crc32(body);
  let text = "";
  for (let index = 0; index < CHECKSUM_CHARS; index += 1) {
    text = BASE62.charAt(rest % 62) + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}
