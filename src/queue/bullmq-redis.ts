import { QueueKeys, RedisConnection, RedisQueueBackend } from "bullmq";
import type { QueueBaseOptions } from "bullmq";
import type { Log } from "../log.ts";
import type { Connection, Engine } from "./bullmq-engine.ts";
import type { ReportError } from "./throttle-errors.ts";
import { inspectRedis } from "./inspect-redis.ts";
import { closeRedis, connectRedis, isReadyWithin } from "./redis.ts";
import type { ConnectRedisOptions, RedisClient } from "./redis.ts";
import { parseRedisUrl } from "./redis-url.ts";

type RedisEngineOptions = {
  /** See `parseRedisUrl`. */
  url: string;
  /** Keys begin with `{prefix}:`; the braces keep them on one node of a Cluster, which BullMQ's scripts need. */
  prefix: string;
  enqueueTimeoutMs: number;
  log: Log;
  report: ReportError;
};

const CONNECT_WAIT_MS = 2_000;

/**
 * Opens even when Redis is away: comments are accepted without it, and it connects once it is back.
 * @throws AppError `invalid_input` for a URL that cannot be used
 */
export async function openRedisEngine(options: RedisEngineOptions): Promise<Engine> {
  const { log, report } = options;
  const target = parseRedisUrl(options.url);
  const connect = (mode: ConnectRedisOptions["mode"], name: string) =>
    connectRedis(target, {
      mode,
      name,
      commandTimeoutMs: options.enqueueTimeoutMs,
      onError: (error) => report(error, "queue: Redis cannot be reached"),
    });
  const prefix = `{${options.prefix}}`;
  const client = connect("fast", "parley-queue");
  client.once("ready", () => void inspectRedis(client, log));
  if (!(await isReadyWithin(client, CONNECT_WAIT_MS))) {
    log.warn("queue: Redis is away; jobs wait in PostgreSQL until it is back");
  }

  const openBackend = (name: string, options: QueueBaseOptions<Connection>, by: Connections) => {
    const keys = new QueueKeys(prefix);
    return new RedisQueueBackend(
      by.main,
      name,
      keys.getKeys(name),
      (type) => keys.toKey(name, type),
      // BullMQ's type asks for a connection, but the backend was given its own.
      { ...options, connection: client },
      by.blocking,
    );
  };

  return {
    backend: "redis",
    openProducer: (name, queueOptions) =>
      openBackend(name, queueOptions, { main: new RedisConnection(client, { ...PRODUCER, shared: true }) }),
    openConsumer() {
      const main = connect("patient", "parley-worker");
      const blocking = connect("patient", "parley-worker-wait");
      return {
        open: (name, queueOptions) =>
          openBackend(name, queueOptions, {
            main: new RedisConnection(main, WORKER),
            blocking: openBlocking(blocking),
          }),
        cut() {
          main.disconnect();
          blocking.disconnect();
        },
      };
    },
    queueName: (jobName) => jobName.replaceAll(".", "-"),
    oldestWaitingAt: async (queue) => (await queue.getJobs(["wait"], 0, 0, true))[0]?.timestamp ?? null,
    ping: () => client.ping(),
    close: async (timeoutMs) => await closeRedis(client, timeoutMs),
  };
}

type Connections = { main: RedisConnection; blocking?: RedisConnection };

// BullMQ's own version check would print to the console, and would break a connection for good that fails during it.
const PRODUCER = { blocking: false, skipVersionCheck: true, skipWaitingForReady: true };
const WORKER = { blocking: true, skipVersionCheck: true };

function openBlocking(client: RedisClient): RedisConnection {
  const connection = new RedisConnection(client, WORKER);
  const setCapabilities = () => {
    // Without its version check BullMQ takes every Redis for one of version 5, which waits in whole seconds.
    connection.capabilities = { canDoubleTimeout: true, canBlockFor1Ms: false };
  };
  connection.client.then(setCapabilities, () => undefined);
  return connection;
}
