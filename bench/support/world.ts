import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { Pool } from "pg";
import { openDatabase } from "../../src/db/database.ts";
import { startEmbeddedPostgres } from "../../src/db/embedded.ts";
import { migrate } from "../../src/db/migrate.ts";
import { createLog } from "../../src/log.ts";
import { readPreset } from "../../src/moderation/policy/presets.ts";
import { createSite } from "../../src/sites/create-site.ts";
import { createCaches } from "../../src/caches.ts";
import { systemClock } from "../../src/clock.ts";

export type Backend = "postgres" | "redis";

/** Everything a measurement stands on: a real, durable PostgreSQL, perhaps a Redis, and a site with roomy limits. */
export type World = AsyncDisposable & {
  databaseUrl: string;
  pool: Pool;
  /** Environment for an instance with this queue. */
  env(backend: Backend, more?: Record<string, string>): Record<string, string>;
  /** Forgets all comments, so that measurements do not see each other's. */
  clear(): Promise<void>;
};

export const ORIGIN = "https://bench.example";
const SECRET = "only for measuring and never for anything that matters";
const ROOMY = {
  perIpPerTenMinutes: 1_000_000,
  perAuthorPerTenMinutes: 1_000_000,
  perSitePerMinute: 10_000_000,
  newThreadsPerHour: 1_000_000,
};

export async function openWorld(): Promise<World> {
  await using stack = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), "parley-bench-"));
  stack.defer(() => rm(directory, { recursive: true, force: true }));
  const log = createLog({ level: "warn" });
  const server = stack.use(await startEmbeddedPostgres({ dataDir: join(directory, "data"), log }));
  await migrate(server.url);
  await makeSite(server.url);
  const pool = new Pool({ connectionString: server.url, max: 16 });
  stack.defer(() => pool.end());
  const redis = await startRedis(directory);
  if (redis) stack.use(redis);
  const resources = stack.move();
  return {
    databaseUrl: server.url,
    pool,
    env: (backend, more = {}) => ({
      DATABASE_URL: server.url,
      PARLEY_SECRET: SECRET,
      DATA_DIR: join(directory, "instance"),
      DEMO: "false",
      TRUST_PROXY: "loopback",
      ...(backend === "redis" && redis ? { REDIS_URL: redis.url } : {}),
      ...more,
    }),
    async clear() {
      await pool.query(
        `truncate comments, authors, threads, comment_sources, fingerprints, outbox, decisions, events, deliveries cascade`,
      );
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function makeSite(url: string): Promise<void> {
  await using db = openDatabase({ url, poolMax: 2, onError: () => {} });
  const caches = createCaches({ site: async () => undefined });
  await createSite(
    { db, clock: systemClock, caches },
    {
      key: "bench",
      name: "Bench",
      language: "en",
      origins: [ORIGIN],
      settings: { limits: ROOMY },
      policySource: await readPreset("balanced"),
      createdBy: "bench",
    },
  );
}

/** undefined where redis-server is not installed: its rows are then left out of the table. */
async function startRedis(directory: string): Promise<(AsyncDisposable & { url: string }) | undefined> {
  const port = await freePort();
  const options = [
    "--port",
    String(port),
    "--save",
    "",
    "--appendonly",
    "no",
    "--dir",
    directory,
    "--bind",
    "127.0.0.1",
  ];
  const child = spawn("redis-server", options, { stdio: "ignore" });
  const failed = once(child, "error").then(() => true);
  const started = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 500));
  if (await Promise.race([failed, started])) return undefined;
  return {
    url: `redis://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address !== null ? address.port : 0;
}
