import { describe } from "vitest";
import { createLog } from "../../src/log.ts";
import { openPostgresEngine } from "../../src/queue/bullmq-postgres.ts";
import { openRedisEngine } from "../../src/queue/bullmq-redis.ts";
import { openTestDatabase } from "../support/database.ts";
import { findRedis, startRedis } from "../support/redis.ts";
import { queueConformance } from "./conformance.ts";
import { relayPostgres, startRelay } from "./relay.ts";

const log = createLog({ level: "silent" });
const report = () => undefined;

queueConformance("PostgreSQL", async () => {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await openTestDatabase());
  const relay = await relayPostgres(database.url);
  stack.use(relay);
  const { url } = relay;
  const resources = stack.move();
  return {
    engine: { kind: "postgres", url },
    openEngine: async (prefix) => await openPostgresEngine({ url, prefix, connectionsMax: 2, report }),
    relay,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
});

describe.skipIf(findRedis() === undefined)("with redis-server", () => {
  queueConformance("Redis", async () => {
    await using stack = new AsyncDisposableStack();
    const redis = stack.use(await startRedis());
    const relay = stack.use(await startRelay({ host: "127.0.0.1", port: redis.port }));
    const url = `redis://127.0.0.1:${relay.port}`;
    const resources = stack.move();
    return {
      engine: { kind: "redis", url },
      openEngine: async (prefix) =>
        await openRedisEngine({ url, prefix, enqueueTimeoutMs: 1_000, log, report }),
      relay,
      [Symbol.asyncDispose]: () => resources.disposeAsync(),
    };
  });
});
