import { Redis } from "ioredis";
import { describe, expect, test } from "vitest";
import { createLog } from "../../src/log.ts";
import { openQueue } from "../../src/queue/open-queue.ts";
import type { Queue } from "../../src/queue/queue.ts";
import { findRedis, startRedis } from "../support/redis.ts";
import { deliver, newPrefix, tryToAdd, WAIT } from "./support.ts";

describe.skipIf(findRedis() === undefined)("queue on a Redis that suffers", () => {
  test("FLUSHALL while workers wait and work: what was there is gone, what comes is handled", async () => {
    await using redis = await startRedis();
    await using queue = await open(redis.url);
    await using admin = connect(redis.url);
    const { seen, finish } = workOn(queue, ["1"]);
    await queue.addBulk([deliver("1"), { ...deliver("2"), options: { delayMs: 60_000 } }]);
    await expect.poll(() => seen, WAIT).toEqual(["1"]);
    await admin.client.flushall();
    await admin.client.script("FLUSH");
    expect(await queue.counts("webhook.deliver")).toMatchObject({ waiting: 0, active: 0, delayed: 0 });
    await queue.addBulk([deliver("3")]);
    await expect.poll(() => seen, WAIT).toEqual(["1", "3"]);
    finish();

    // Once more, with a worker that does nothing but wait.
    await expect.poll(async () => (await queue.counts("webhook.deliver")).active, WAIT).toBe(0);
    await admin.client.flushall();
    const added = performance.now();
    await queue.addBulk([deliver("4")]);
    await expect.poll(() => seen, WAIT).toEqual(["1", "3", "4"]);
    expect(performance.now() - added).toBeLessThan(3_000);
  });

  test("a Redis that is killed and comes back empty: adding and workers go on", async () => {
    await using redis = await startRedis();
    await using queue = await open(redis.url);
    const { seen } = workOn(queue);
    await queue.addBulk([deliver("1")]);
    await expect.poll(() => seen, WAIT).toEqual(["1"]);
    await redis.kill();
    await expect(queue.addBulk([deliver("2")])).rejects.toMatchObject({ code: "unavailable" });
    await redis.start();
    await expect.poll(() => tryToAdd(queue, "3"), WAIT).toBe("added");
    await expect.poll(() => seen, WAIT).toEqual(["1", "3"]);
  });

  test("a queue opens while Redis is away, and works once it is there", async () => {
    await using redis = await startRedis();
    await redis.kill();
    const lines: string[] = [];
    await using queue = await open(redis.url, lines);
    const { seen } = workOn(queue);
    expect(lines.join()).toContain("Redis is away");
    await expect(queue.addBulk([deliver("1")])).rejects.toMatchObject({ code: "unavailable" });
    await redis.start();
    await expect.poll(() => tryToAdd(queue, "2"), WAIT).toBe("added");
    await expect.poll(() => seen, WAIT).toEqual(["2"]);
  });

  test("all keys begin with the prefix in braces, and little is left of jobs that are done", async () => {
    await using redis = await startRedis();
    await using admin = connect(redis.url);
    await using queue = await openQueue({
      engine: { kind: "redis", url: redis.url },
      log: createLog({ level: "silent" }),
      prefix: "mine",
    });
    const { seen } = workOn(queue);
    const ids = Array.from({ length: 500 }, (_, index) => String(index + 1));
    await queue.addBulk(ids.map((id) => deliver(id)));
    await expect.poll(() => seen.length, WAIT).toBe(ids.length);
    await expect.poll(async () => (await queue.counts("webhook.deliver")).active, WAIT).toBe(0);
    const keys = await admin.client.keys("*");
    expect(keys.filter((key) => !key.startsWith("{mine}:"))).toEqual([]);
    expect(keys.length).toBeLessThan(15);
    // Redis trims its streams by whole nodes of a hundred.
    expect(await admin.client.xlen("{mine}:webhook-deliver:events")).toBeLessThanOrEqual(250);
  });

  test("a Redis that may drop keys is told of in the log", async () => {
    await using redis = await startRedis({ args: ["--maxmemory-policy", "allkeys-lru"] });
    const lines: string[] = [];
    await using _queue = await open(redis.url, lines);
    await expect.poll(() => lines.join(), WAIT).toMatch(/allkeys-lru.*noeviction/);
  });

  test("a Cluster", async () => {
    await using redis = await startRedis({
      args: ["--cluster-enabled", "yes", "--cluster-announce-ip", "127.0.0.1"],
    });
    await using admin = connect(redis.url);
    await admin.client.cluster("ADDSLOTSRANGE", 0, 16_383);
    await expect.poll(() => admin.client.cluster("INFO"), WAIT).toContain("cluster_state:ok");
    await using queue = await open(redis.url.replace("redis://", "redis+cluster://"));
    const { seen } = workOn(queue);
    const ids = Array.from({ length: 60 }, (_, index) => String(index + 1));
    await queue.addBulk(ids.map((id) => deliver(id)));
    await expect.poll(() => seen.toSorted((a, b) => Number(a) - Number(b)), WAIT).toEqual(ids);
    expect(await queue.ping(1_000)).toBe(true);

    await redis.kill();
    await expect(queue.addBulk([deliver("61")])).rejects.toMatchObject({ code: "unavailable" });
    await redis.start();
    await expect.poll(() => tryToAdd(queue, "62"), WAIT).toBe("added");
    await expect.poll(() => seen, WAIT).toContain("62");
  });

  test("a master behind a Sentinel", async () => {
    await using redis = await startRedis();
    await using sentinel = await startRedis({ sentinelOf: { name: "mymaster", port: redis.port } });
    await using queue = await open(`redis+sentinel://127.0.0.1:${sentinel.port}/mymaster?db=3`);
    const { seen } = workOn(queue);
    await queue.addBulk([deliver("1")]);
    await expect.poll(() => seen, WAIT).toEqual(["1"]);
    await using admin = connect(`${redis.url}/3`);
    expect(await admin.client.dbsize()).toBeGreaterThan(0);
  });
});

async function open(url: string, lines?: string[]): Promise<Queue> {
  const destination = { write: (line: string) => void lines?.push(line) };
  return await openQueue({
    engine: { kind: "redis", url },
    log: createLog({ level: "warn", destination }),
    prefix: newPrefix(),
    jobOptions: { backoffMs: 20 },
  });
}

/** Handles deliveries; those of `held` stay in hand until `finish` is called. */
function workOn(queue: Queue, held: string[] = []) {
  const seen: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  queue.work("webhook.deliver", async ({ ids }) => {
    seen.push(...ids);
    if (ids.some((id) => held.includes(id))) await promise;
  });
  return { seen, finish: resolve };
}

function connect(url: string) {
  const client = new Redis(url);
  client.on("error", () => undefined);
  return { client, [Symbol.asyncDispose]: async () => void (await client.quit()) };
}
