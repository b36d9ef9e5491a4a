import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { freePort } from "./free-port.ts";

export type RunningRedis = AsyncDisposable & { url: string; version: string; clear(): Promise<void> };

const START_TIMEOUT_MS = 5_000;

/** A Redis of our own that keeps nothing; undefined where redis-server is not installed. */
export async function startRedis(directory: string): Promise<RunningRedis | undefined> {
  const port = await freePort();
  const options = [
    "--port",
    String(port),
    "--bind",
    "127.0.0.1",
    "--save",
    "",
    "--appendonly",
    "no",
    "--dir",
    directory,
  ];
  const child = spawn("redis-server", options, { stdio: "ignore" });
  const started = await Promise.race([
    once(child, "spawn").then(() => true),
    once(child, "error").then(() => false),
  ]);
  if (!started) return undefined;
  const client = new Redis({ port, host: "127.0.0.1", retryStrategy: () => 20, maxRetriesPerRequest: null });
  client.on("error", () => {});
  const info = await Promise.race([
    client.info("server"),
    sleep(START_TIMEOUT_MS, undefined, { ref: false }),
  ]);
  if (info === undefined) throw new Error("redis-server does not answer.");
  return {
    url: `redis://127.0.0.1:${port}`,
    version: /redis_version:(\S+)/.exec(info)?.[1] ?? "",
    clear: async () => void (await client.flushall()),
    async [Symbol.asyncDispose]() {
      client.disconnect();
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}
