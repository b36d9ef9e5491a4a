import { Cluster, Redis } from "ioredis";
import type { DNSLookupFunction, RedisOptions } from "ioredis";
import { settlesWithin } from "./deadline.ts";
import type { RedisTarget } from "./redis-url.ts";

export type RedisClient = Redis | Cluster;

export type ConnectRedisOptions = {
  /**
   * `fast`: a command fails at once while there is no connection, and after `commandTimeoutMs` without an answer.
   * `patient`: a command waits until it can be sent, however long that takes; for workers.
   */
  mode: "fast" | "patient";
  commandTimeoutMs: number;
  /** Shown by CLIENT LIST. */
  name: string;
  /** Called for every failed attempt to connect. The error's `command` may hold the password. */
  onError: (error: Error) => void;
};

const CONNECT_TIMEOUT_MS = 5_000;
const RECONNECT_MS_MAX = 2_000;
const KEEP_ALIVE_MS = 10_000;
/** Longer than any command of a worker blocks. */
const PATIENT_SOCKET_TIMEOUT_MS = 30_000;

/** Begins to connect, and goes on trying until it is closed. */
export function connectRedis(target: RedisTarget, options: ConnectRedisOptions): RedisClient {
  const client = target.kind === "cluster" ? connectCluster(target, options) : connectServer(target, options);
  client.on("error", options.onError);
  return client;
}

function connectServer(
  target: Exclude<RedisTarget, { kind: "cluster" }>,
  options: ConnectRedisOptions,
): Redis {
  const where =
    target.kind === "single"
      ? { host: target.host, port: target.port }
      : {
          sentinels: target.sentinels,
          name: target.master,
          failoverDetector: true,
          sentinelRetryStrategy: reconnectDelay,
          ...(target.sentinelUsername && { sentinelUsername: target.sentinelUsername }),
          ...(target.sentinelPassword && { sentinelPassword: target.sentinelPassword }),
          ...(target.tls && { enableTLSForSentinelMode: true, sentinelTLS: {} }),
        };
  return new Redis({
    ...where,
    ...connectionOptions(target, options),
    db: target.db,
    retryStrategy: reconnectDelay,
    enableOfflineQueue: options.mode === "patient",
    // After a failover the old master is a replica for a moment: connect anew and send the command again.
    reconnectOnError: (error) => (error.message.startsWith("READONLY") ? 2 : false),
  });
}

function connectCluster(target: RedisTarget & { kind: "cluster" }, options: ConnectRedisOptions): Cluster {
  return new Cluster(target.nodes, {
    redisOptions: connectionOptions(target, options),
    clusterRetryStrategy: reconnectDelay,
    enableOfflineQueue: options.mode === "patient",
    slotsRefreshTimeout: CONNECT_TIMEOUT_MS,
    // A certificate is for the host's name, which resolving would replace.
    ...(target.tls && { dnsLookup: keepName }),
  });
}

const keepName: DNSLookupFunction = (address, callback) => callback(null, address);

function connectionOptions(target: RedisTarget, { mode, name, commandTimeoutMs }: ConnectRedisOptions) {
  return {
    ...(target.username && { username: target.username }),
    ...(target.password && { password: target.password }),
    ...(target.tls && { tls: {} }),
    connectionName: name,
    connectTimeout: CONNECT_TIMEOUT_MS,
    keepAlive: KEEP_ALIVE_MS,
    // BullMQ demands null for connections that block. Else a lost connection fails its commands at once.
    ...(mode === "patient"
      ? { maxRetriesPerRequest: null, socketTimeout: PATIENT_SOCKET_TIMEOUT_MS }
      : {
          maxRetriesPerRequest: 0,
          commandTimeout: commandTimeoutMs,
          // Drops what a server that hangs would let pile up.
          socketTimeout: commandTimeoutMs,
        }),
  } satisfies RedisOptions;
}

function reconnectDelay(times: number): number {
  return Math.min(50 * 2 ** Math.min(times, 10), RECONNECT_MS_MAX) * (0.75 + Math.random() / 4);
}

/** Whether the connection stands within the time. */
export async function isReadyWithin(client: RedisClient, timeoutMs: number): Promise<boolean> {
  if (client.status === "ready") return true;
  const { promise: ready, resolve } = Promise.withResolvers<void>();
  client.once("ready", resolve);
  const isReady = await settlesWithin(ready, timeoutMs);
  client.off("ready", resolve);
  return isReady;
}

/** Says good-bye if the server listens, and hangs up. */
export async function closeRedis(client: RedisClient, timeoutMs: number): Promise<void> {
  if (client.status === "ready") await settlesWithin(client.quit(), timeoutMs);
  client.disconnect();
}
