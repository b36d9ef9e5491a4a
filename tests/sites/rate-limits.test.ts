import { describe, expect, it, vi } from "vitest";
import { openDatabase } from "../../src/db/database.ts";
import { AppError } from "../../src/errors.ts";
import { createLog } from "../../src/log.ts";
import { openRateLimits } from "../../src/sites/open-rate-limits.ts";
import { createRateLimits } from "../../src/sites/rate-limits.ts";
import { siteSettingsSchema } from "../../src/sites/schema.ts";
import { EXCHANGE_EVERY_MS, type SharedCounts } from "../../src/sites/share-counts.ts";
import type { Site } from "../../src/sites/site.ts";
import { BACKENDS } from "../support/backends.ts";
import { testConfig } from "../support/context.ts";
import { openTestDatabase } from "../support/database.ts";
import { startRedis } from "../support/redis.ts";

const log = createLog({ level: "silent" });

const siteWith = (limits: Record<string, number>): Site => ({
  id: 1,
  key: "paper",
  name: "The Paper",
  language: null,
  origins: [],
  hosts: [],
  settings: siteSettingsSchema.parse({ limits }),
  external: {},
  keepsSender: false,
  policyVersion: 1,
  automation: null,
  rowVersion: "1",
});

describe("createRateLimits", () => {
  it("does not let one sender use up what others share, nor lock a chosen author out", async () => {
    const limits = createRateLimits(null, log);
    const site = siteWith({ perIpPerTenMinutes: 2, perAuthorPerTenMinutes: 5, perSitePerMinute: 5 });
    const flood = Array.from({ length: 50 }, () =>
      limits.spendSubmission(site, { network: "one", author: "victim" }),
    );
    const results = await Promise.allSettled(flood);
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(2);
    const state = await limits.spendSubmission(site, { network: "elsewhere", author: "victim" });
    expect(state.remaining).toBeGreaterThan(0);
  });

  it("says how long to wait", async () => {
    const limits = createRateLimits(null, log);
    const site = siteWith({ perAuthorPerTenMinutes: 1 });
    await limits.spendSubmission(site, { network: "a", author: "x" });
    await expect(limits.spendSubmission(site, { network: "b", author: "x" })).rejects.toMatchObject({
      code: "rate_limited",
      reason: "limit_author",
      retryAfterSeconds: 600,
    });
  });
});

describe.each(BACKENDS)("several processes, by %s", (backend) => {
  it("come to share their counts", async () => {
    await using stack = new AsyncDisposableStack();
    const { url } = stack.use(await openTestDatabase());
    const redis = backend === "redis" ? stack.use(await startRedis()) : undefined;
    const config = testConfig({
      ROLE: "http",
      DATABASE_URL: url,
      PARLEY_SECRET: "for two processes that share their counts",
      ...(redis && { REDIS_URL: redis.url }),
    });
    const open = () => {
      const db = stack.use(openDatabase({ url, poolMax: 2, onError: () => {} }));
      return stack.use(openRateLimits({ config, db, log }));
    };
    const [one, two] = [open(), open()];
    const site = siteWith({ perIpPerTenMinutes: 4, perAuthorPerTenMinutes: 100, perSitePerMinute: 100 });
    const spend = (limits: typeof one) => limits.spendSubmission(site, { network: "n", author: "a" });
    expect((await spend(one)).remaining).toBe(3);
    expect((await spend(one)).remaining).toBe(2);
    expect((await spend(two)).remaining).toBe(3);
    // Each tells what it counted, and learns with it what the others did: two alone could spend three more.
    const spentMore = async () => {
      for (let spent = 0; ; spent += 1) {
        const refused = await spend(two).catch((error: unknown) => error);
        if (refused instanceof AppError) return { spent, refused };
        await new Promise((resolve) => setTimeout(resolve, EXCHANGE_EVERY_MS * 2));
      }
    };
    const { spent, refused } = await spentMore();
    expect(spent).toBeLessThan(3);
    expect(refused.reason).toBe("limit_network");
    expect(refused.retryAfterSeconds).toBeGreaterThan(590);
  });
});

it("goes on counting while the store is away, and tells it afterwards", async () => {
  const told: number[] = [];
  let away = true;
  const shared: SharedCounts = {
    add: async (changes) => {
      if (away) throw new Error("away");
      for (const { key, points } of changes) if (key.startsWith("author")) told.push(points);
      return changes.map(({ key, points }) => ({ key, points: points + 1, expiresInMs: 60_000 }));
    },
    async [Symbol.asyncDispose]() {},
  };
  await using limits = createRateLimits(shared, log);
  const site = siteWith({ perAuthorPerTenMinutes: 5 });
  const spend = (network: string) => limits.spendSubmission(site, { network, author: "x" });
  await spend("a");
  await spend("b");
  await new Promise((resolve) => setTimeout(resolve, EXCHANGE_EVERY_MS * 2));
  expect(told).toEqual([]);
  away = false;
  await vi.waitFor(() => expect(told).toEqual([2]));
  // Another process had spent one.
  await vi.waitFor(async () => expect((await spend("c")).remaining).toBe(1));
});
