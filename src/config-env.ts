import { isIP } from "node:net";
import { resolve } from "node:path";
import ipaddr from "ipaddr.js";
import { z } from "zod";
import { AppError } from "./errors.ts";
import { parseRedisUrl } from "./queue/redis-url.ts";

export const ROLES = ["all", "http", "worker"] as const;
export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
export const SECRET_CHARS_MIN = 32;
const METRICS_TOKEN_CHARS_MIN = 16;

/**
 * Every environment variable Parley reads, each a string parsed to what the program uses.
 * A default given here holds everywhere; one that depends on another variable is settled in `config.ts`.
 */
export const envSchema = z.object({
  ROLE: oneOf(ROLES).default("all"),
  HOST: parsed(host).optional(),
  PORT: parsed(integer("a port number", 0, 65_535)).default(8080),
  PUBLIC_URL: parsed(publicUrl).optional(),
  TRUST_PROXY: parsed(proxyList).default([]),
  DATA_DIR: parsed((text) => resolve(text)).default(resolve("data")),
  DATABASE_URL: parsed(urlOf(["postgres:", "postgresql:"])).optional(),
  DATABASE_POOL_MAX: parsed(integer("a number of connections", 2, 500)).default(10),
  REDIS_URL: parsed(redisUrl).optional(),
  PARLEY_SECRET: parsed(secret).optional(),
  PARLEY_SECRET_PREVIOUS: parsed((text) => items(text).map(secret)).default([]),
  WEBHOOK_ALLOW_CIDRS: parsed((text) => items(text).map(cidr)).default([]),
  WEBHOOK_ALLOW_HTTP: parsed(boolean).optional(),
  EXTERNAL_ALLOW_CIDRS: parsed((text) => items(text).map(cidr)).default([]),
  EXTERNAL_ALLOW_HTTP: parsed(boolean).default(false),
  WORKER_CONCURRENCY: parsed(integer("a number of jobs", 1, 256)).default(4),
  SHUTDOWN_TIMEOUT_MS: parsed(integer("milliseconds", 0, 600_000)).default(8_000),
  DEMO: parsed(boolean).optional(),
  IP_RETENTION_DAYS: parsed(integer("a number of days", 1, 365)).default(30),
  LOG_LEVEL: oneOf(LOG_LEVELS).default("info"),
  METRICS_TOKEN: parsed(metricsToken).optional(),
});
export type Env = z.output<typeof envSchema>;

/** A refusal by one of the parsers below; its message never repeats the value, which may be a secret. */
class BadValue extends Error {}

function parsed<T>(parse: (text: string) => T) {
  return z.string().transform((text, ctx): T => {
    try {
      return parse(text);
    } catch (error) {
      if (!(error instanceof BadValue)) throw error;
      ctx.issues.push({ code: "custom", message: error.message, input: undefined });
      return z.NEVER;
    }
  });
}

function oneOf<const T extends readonly [string, ...string[]]>(values: T) {
  return z.enum(values, { error: `must be one of ${values.join(", ")}` });
}

function integer(what: string, min: number, max: number) {
  return (text: string): number => {
    const value = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new BadValue(`must be ${what} from ${min} to ${max}`);
  };
}

function boolean(text: string): boolean {
  const word = text.toLowerCase();
  if (["true", "1", "yes", "on"].includes(word)) return true;
  if (["false", "0", "no", "off"].includes(word)) return false;
  throw new BadValue("must be true or false");
}

function host(text: string): string {
  if (isIP(text) !== 0 || /^[A-Za-z0-9._-]{1,255}$/.test(text)) return text;
  throw new BadValue("must be an address or host name to listen on, without a port or brackets");
}

function publicUrl(text: string): string {
  const url = URL.parse(text);
  const ok = url !== null && ["http:", "https:"].includes(url.protocol) && !url.username && !url.password;
  if (!ok) throw new BadValue("must be an http or https URL without a user name");
  if (url.search || url.hash) throw new BadValue("must not have a query or a fragment");
  return url.href.replace(/\/+$/, "");
}

function urlOf(protocols: string[]) {
  const start = protocols.map((protocol) => `${protocol}//`).join(" or ");
  return (text: string): string => {
    const url = URL.parse(text);
    if (url && protocols.includes(url.protocol) && !url.hash) return text;
    throw new BadValue(`must be a URL starting with ${start}; percent-encode what is special in a password`);
  };
}

function redisUrl(text: string): string {
  try {
    parseRedisUrl(text);
  } catch (error) {
    throw new BadValue(error instanceof AppError ? error.message : "must be the URL of a Redis server");
  }
  return text;
}

function secret(text: string): string {
  // A comma would be split once the secret moves to PARLEY_SECRET_PREVIOUS.
  if (text.length >= SECRET_CHARS_MIN && !text.includes(",")) return text;
  throw new BadValue(`must be at least ${SECRET_CHARS_MIN} characters each, without commas`);
}

function metricsToken(text: string): string {
  if (text.length >= METRICS_TOKEN_CHARS_MIN && /^[\x21-\x7e]+$/.test(text)) return text;
  throw new BadValue(`must be at least ${METRICS_TOKEN_CHARS_MIN} printable ASCII characters without spaces`);
}

/** The names that `@fastify/proxy-addr` knows beside addresses and ranges. */
const PROXY_NAMES = new Set(["loopback", "linklocal", "uniquelocal"]);

function proxyList(text: string): string[] {
  return items(text).map((item) => {
    if (PROXY_NAMES.has(item)) return item;
    const range = cidr(item);
    if (!range.endsWith("/0")) return range;
    throw new BadValue("must not contain a /0 range: any client could then claim any address");
  });
}

/** One address or range, always written as `address/bits`. */
function cidr(text: string): string {
  const [address = "", bits, rest] = text.split("/");
  const isV4 = ipaddr.IPv4.isValidFourPartDecimal(address);
  const bitsMax = isV4 ? 32 : 128;
  const bitsOk = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= bitsMax);
  if (rest === undefined && bitsOk && (isV4 || (ipaddr.IPv6.isValid(address) && !address.includes("%")))) {
    return `${ipaddr.parse(address).toString()}/${bits ?? bitsMax}`;
  }
  throw new BadValue("must be IP addresses or CIDR ranges separated by commas, such as 10.0.0.0/8");
}

function items(text: string): string[] {
  return text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}
