import { Pool } from "pg";
import type { Config } from "../config.ts";
import type { Log } from "../log.ts";
import { parseRedisUrl } from "../queue/redis-url.ts";
import { closeRedis, connectRedis } from "../queue/redis.ts";
import { createRateLimits, type RateLimits } from "./rate-limits.ts";

/** Longer than this no request waits for its limits to be counted. */
const COMMAND_TIMEOUT_MS = 300;

/** One process counts in memory; several share their counts in Redis or, without it, in PostgreSQL. */
export function openRateLimits(options: {
  config: Config;
  databaseUrl: string;
  log: Log;
}): RateLimits & AsyncDisposable {
  const { config, databaseUrl, log } = options;
  if (config.queue.kind === "redis") {
    const client = connectRedis(parseRedisUrl(config.queue.url), {
      mode: "fast",
      commandTimeoutMs: COMMAND_TIMEOUT_MS,
      name: "parley-limits",
      // The queue tells of a lost Redis already; limits meanwhile count in memory.
      onError: (error) => log.debug({ reason: error.message }, "rate limits count in memory"),
    });
    const close = () => closeRedis(client, COMMAND_TIMEOUT_MS);
    return { ...createRateLimits({ kind: "redis", client }), [Symbol.asyncDispose]: close };
  }
  if (config.role === "all") {
    return { ...createRateLimits({ kind: "memory" }), [Symbol.asyncDispose]: async () => {} };
  }
  const pool = new Pool({ connectionString: databaseUrl, max: 2, connectionTimeoutMillis: 1_000 });
  pool.on("error", (error) => log.warn({ err: error }, "rate limit connection lost"));
  return { ...createRateLimits({ kind: "postgres", pool }), [Symbol.asyncDispose]: () => pool.end() };
}
