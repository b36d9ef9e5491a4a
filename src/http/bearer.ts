import type { Request } from "./env.ts";

const TOKEN_CHARS_MAX = 200;

/** The bearer token of a request (RFC 6750 §2.1), if it has one that could be ours. */
export function bearerToken(c: Request): string | undefined {
  const header = c.req.header("authorization") ?? "";
  const token = /^Bearer +([\x21-\x7e]+)$/i.exec(header)?.[1];
  return token !== undefined && token.length <= TOKEN_CHARS_MAX ? token : undefined;
}
