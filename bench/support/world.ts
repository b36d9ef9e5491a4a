import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Pool } from "pg";
import { createCaches } from "../../src/caches.ts";
import { systemClock } from "../../src/clock.ts";
import { openDatabase } from "../../src/db/database.ts";
import { startEmbeddedPostgres } from "../../src/db/embedded.ts";
import { migrate } from "../../src/db/migrate.ts";
import { createLog } from "../../src/log.ts";
import { readPreset } from "../../src/moderation/policy/presets.ts";
import { createSite } from "../../src/sites/create-site.ts";
import { openPool } from "./pool.ts";
import { startRedis } from "./redis.ts";

export type Backend = "postgres" | "redis";

/** Everything a measurement stands on: a real, durable PostgreSQL, perhaps a Redis, and a site with roomy limits. */
export type World = AsyncDisposable & {
  databaseUrl: string;
  pool: Pool;
  postgresVersion: string;
  /** null where redis-server is not installed: its rows are then left out. */
  redisVersion: string | null;
  /** Environment for an instance with this queue. */
  env(backend: Backend, more?: Record<string, string>): Record<string, string>;
  /** Forgets all comments and jobs, so that measurements do not see each other's. No instance may be running. */
  clear(): Promise<void>;
  /** Another migrated database of the same server, with the site in it. */
  createDatabase(name: string): Promise<string>;
};

export const SITE = "bench";
export const ORIGIN = "https://bench.example";
export const SECRET = "only for measuring and never for anything that matters";
/** Limits that a single sender at full speed does not reach. */
const ROOMY = {
  perIpPerTenMinutes: 1_000_000,
  perAuthorPerTenMinutes: 1_000_000,
  perSitePerMinute: 10_000_000,
  newThreadsPerHour: 1_000_000,
};
/** PostgreSQL then knows when a decision became visible; Parley's own time is from before the commit. */
const SETTINGS = { track_commit_timestamp: "on" };

export async function openWorld(): Promise<World> {
  await using stack = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), "parley-bench-"));
  stack.defer(() => rm(directory, { recursive: true, force: true }));
  const log = createLog({ level: "warn" });
  const server = stack.use(
    await startEmbeddedPostgres({ dataDir: join(directory, "data"), log, settings: SETTINGS }),
  );
  await prepareDatabase(server.url);
  const pool = openPool(stack, server.url, 16);
  const redis = await startRedis(directory);
  if (redis) stack.use(redis);
  const { rows } = await pool.query<{ server_version: string }>("show server_version");
  const resources = stack.move();
  return {
    databaseUrl: server.url,
    pool,
    postgresVersion: rows[0]?.server_version ?? "",
    redisVersion: redis?.version ?? null,
    env: (backend, more = {}) => ({
      DATABASE_URL: server.url,
      PARLEY_SECRET: SECRET,
      DATA_DIR: join(directory, "instance"),
      TRUST_PROXY: "loopback",
      ...(backend === "redis" && redis ? { REDIS_URL: redis.url } : {}),
      ...more,
    }),
    async clear() {
      await clearDatabase(pool);
      await redis?.clear();
    },
    createDatabase: (name) => createDatabase(server, name),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function createDatabase(server: { url: string; adminUrl: string }, name: string): Promise<string> {
  await using stack = new AsyncDisposableStack();
  const url = new URL(server.url);
  await openPool(stack, server.adminUrl, 1).query(`create database ${name} owner ${url.username}`);
  url.pathname = `/${name}`;
  await prepareDatabase(url.href);
  return url.href;
}

async function prepareDatabase(url: string): Promise<void> {
  await migrate(url);
  await using db = openDatabase({ url, poolMax: 2, onError: () => {} });
  const caches = createCaches({ site: async () => undefined });
  await createSite(
    { db, clock: systemClock, caches },
    {
      key: SITE,
      name: "Bench",
      language: "en",
      origins: [ORIGIN],
      settings: { limits: ROOMY },
      policySource: await calmPolicy(),
      createdBy: "bench",
    },
  );
}

/** The balanced policy, but for its alarm at many comments a minute: here there always are. */
async function calmPolicy(): Promise<string> {
  const balanced = await readPreset("balanced");
  const calm = balanced.replace(/flood\.site >= \d+/, "flood.site >= 1000000");
  if (calm === balanced) throw new Error("The balanced policy has no rule about flood.site any more.");
  return calm;
}

async function clearDatabase(pool: Pool): Promise<void> {
  await pool.query(
    "truncate comments, authors, threads, comment_sources, fingerprints, outbox, decisions, events, deliveries, rate_limits cascade",
  );
  // The queue's tables are made by the first instance that needs them.
  const { rows } = await pool.query<{ made: boolean }>(
    "select to_regclass('bullmq.job') is not null as made",
  );
  if (rows[0]?.made) await pool.query("truncate bullmq.job, bullmq.event cascade");
  await pool.query("vacuum analyze");
}
