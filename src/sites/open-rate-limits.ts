import { RateLimiterRedis } from "rate-limiter-flexible";
import type { Config } from "../config.ts";
import type { Database } from "../db/database.ts";
import type { Log } from "../log.ts";
import { parseRedisUrl } from "../queue/redis-url.ts";
import { closeRedis, connectRedis } from "../queue/redis.ts";
import { createRateLimits, type RateLimits } from "./rate-limits.ts";
import type { SharedCounts } from "./share-counts.ts";
import { addCounts } from "./store.ts";

const COMMAND_TIMEOUT_MS = 300;

/** One process counts for itself; several exchange their counts through Redis or, without it, through PostgreSQL. */
export function openRateLimits({ config, db, log }: { config: Config; db: Database; log: Log }): RateLimits {
  if (config.queue.kind === "redis") return createRateLimits(countsInRedis(config.queue.url, log), log);
  return createRateLimits(config.role === "all" ? null : countsInPostgres(db), log);
}

function countsInRedis(url: string, log: Log): SharedCounts {
  const client = connectRedis(parseRedisUrl(url), {
    mode: "fast",
    commandTimeoutMs: COMMAND_TIMEOUT_MS,
    name: "parley-limits",
    // The queue tells of a lost Redis already; limits meanwhile count in memory.
    onError: (error) => log.debug({ reason: error.message }, "rate limits count in memory"),
  });
  // The keys come whole, and with a window of their own.
  const counter = new RateLimiterRedis({ storeClient: client, keyPrefix: "", points: 1, duration: 1 });
  return {
    add: (changes) =>
      Promise.all(
        changes.map(async ({ key, points, windowSeconds }) => {
          const total = await counter.penalty(key, points, { customDuration: windowSeconds });
          return { key, points: total.consumedPoints, expiresInMs: total.msBeforeNext };
        }),
      ),
    [Symbol.asyncDispose]: () => closeRedis(client, COMMAND_TIMEOUT_MS),
  };
}

function countsInPostgres(db: Database): SharedCounts {
  return { add: (changes) => addCounts(db, changes, Date.now()), async [Symbol.asyncDispose]() {} };
}
