import type { Log } from "../log.ts";
import type { RedisClient } from "./redis.ts";

/** Says at start what would go wrong later: keys that Redis may drop, and versions BullMQ does not know. Never throws. */
export async function inspectRedis(client: RedisClient, log: Log): Promise<void> {
  const info = await client.info().catch(() => "");
  const policy = /^maxmemory_policy:(.*)$/m.exec(info)?.[1]?.trim();
  if (policy !== undefined && policy !== "noeviction") {
    log.warn(
      { policy },
      "queue: Redis may drop jobs when its memory is full; set maxmemory-policy to noeviction",
    );
  }
  const version = /^(?:valkey|redis)_version:(.*)$/m.exec(info)?.[1]?.trim();
  const isOld = version !== undefined && version.localeCompare("6.2", "en", { numeric: true }) < 0;
  if (isOld) log.warn({ version }, "queue: Redis is older than 6.2, which BullMQ asks for");
}
