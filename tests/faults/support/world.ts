import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "../../../src/config.ts";
import { type Database, openDatabase } from "../../../src/db/database.ts";
import { migrate } from "../../../src/db/migrate.ts";
import { createLog } from "../../../src/log.ts";
import { openContext } from "../../../src/open-context.ts";
import { createEndpoint } from "../../../src/webhooks/create-endpoint.ts";
import { startTestServer, type TestServer } from "../../support/database.ts";
import { createTestSite } from "../../support/fixtures.ts";
import { startRedis, type TestRedis } from "../../support/redis.ts";
import { FAULT_LISTS, FAULT_ORIGIN, FAULT_POLICY } from "./comments.ts";
import { type Hooks, startHooks } from "./hooks.ts";
import { type Load, type LoadOptions, startLoad } from "./load.ts";
import { createProgram, type Program } from "./program.ts";
import { createRandom, type Random } from "./random.ts";

export type Backend = "postgres" | "redis";

/** What a scenario stands on: a durable PostgreSQL and perhaps a Redis to kill, a site, and an integrator who listens. */
export type World = AsyncDisposable & {
  name: string;
  random: Random;
  hooks: Hooks;
  postgres: TestServer;
  redis: TestRedis | undefined;
  /** For looking at the ledgers, beside the program's own connections. */
  db: Database;
  programs: Program[];
  /** A process of its own, not yet started. */
  createProgram(role: "all" | "http" | "worker", env?: Record<string, string>): Promise<Program>;
  startLoad(program: Program, options?: Partial<LoadOptions>): Load;
};

export const FAULT_SITE = "paper";
const SECRET = "a secret that is only used in tests of faults";
const WEBHOOKS = { WEBHOOK_ALLOW_CIDRS: "127.0.0.0/8", WEBHOOK_ALLOW_HTTP: "true" };

export async function openWorld(name: string, backend: Backend): Promise<World> {
  await using stack = new AsyncDisposableStack();
  const random = createRandom(name);
  const hooks = stack.use(await startHooks(random));
  const postgres = stack.use(await startTestServer({ durable: true }));
  const redis = backend === "redis" ? stack.use(await startRedis()) : undefined;
  const dataDir = await mkdtemp(join(tmpdir(), "parley-faults-"));
  stack.defer(() => rm(dataDir, { recursive: true, force: true }));
  const env = {
    ...WEBHOOKS,
    DATABASE_URL: postgres.url,
    PARLEY_SECRET: SECRET,
    DATA_DIR: dataDir,
    ...(redis && { REDIS_URL: redis.url }),
  };
  await prepare({ databaseUrl: postgres.url, secret: SECRET, env, hooks });
  const db = stack.use(openDatabase({ url: postgres.url, poolMax: 2, onError: () => undefined }));
  const programs: Program[] = [];
  stack.defer(
    async () => void (await Promise.all(programs.map((program) => program[Symbol.asyncDispose]()))),
  );
  const resources = stack.move();
  return {
    name,
    random,
    hooks,
    postgres,
    redis,
    db,
    programs,
    async createProgram(role, more = {}) {
      const program = await createProgram({ ...env, ROLE: role, ...more });
      programs.push(program);
      return program;
    },
    startLoad: (program, options) =>
      startLoad({ origin: program.origin, site: FAULT_SITE, random, published: hooks.published, ...options }),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

export type PrepareOptions = {
  databaseUrl: string;
  secret: string;
  env: Record<string, string>;
  hooks: Hooks;
};

/** Makes the tables, the site and the endpoint, as operators do before the first reader comes. */
export async function prepare({ databaseUrl, secret, env, hooks }: PrepareOptions): Promise<void> {
  await migrate(databaseUrl);
  await using ctx = await openContext({
    config: readConfig({ ...WEBHOOKS, ...env }),
    log: createLog({ level: "error" }),
    databaseUrl,
    secrets: { current: secret, previous: [] },
  });
  const site = await createTestSite(ctx, {
    key: FAULT_SITE,
    origins: [FAULT_ORIGIN],
    policy: FAULT_POLICY,
    settings: { lists: FAULT_LISTS },
  });
  const fields = { url: hooks.url, description: null, types: [], secret: hooks.secret };
  await createEndpoint(ctx, { site, fields });
}
