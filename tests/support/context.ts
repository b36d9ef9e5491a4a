import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../../src/clock.ts";
import { type Config, readConfig } from "../../src/config.ts";
import type { Context } from "../../src/context.ts";
import { createLog } from "../../src/log.ts";
import type { BaseModel } from "../../src/moderation/model/base-model.ts";
import type { Signal } from "../../src/moderation/signal.ts";
import { openContext } from "../../src/open-context.ts";
import { OUTBOX_TOPICS, outboxDepth } from "../../src/queue/outbox.ts";
import { startWorkers } from "../../workers/index.ts";
import { openTestDatabase } from "./database.ts";
import { startRedis } from "./redis.ts";

export type TestContext = Context & {
  /** Starts the workers (once) and waits until nothing is owed and due any more. */
  processAll(): Promise<void>;
};

export type TestContextOptions = {
  backend?: "postgres" | "redis";
  clock?: Clock;
  signals?: readonly Signal[];
  /** In place of the model that ships with Parley. */
  loadModel?: () => Promise<BaseModel>;
  /** Further environment variables. */
  env?: Record<string, string>;
};

const PROCESS_ALL_TIMEOUT_MS = 20_000;
export const TEST_SECRET = "a secret that is only used in tests, never elsewhere";

/** A context of its own: fresh database, own queues, no HTTP port. */
export async function openTestContext(options: TestContextOptions = {}): Promise<TestContext> {
  await using stack = new AsyncDisposableStack();
  const { url: databaseUrl } = stack.use(await openTestDatabase());
  const redis = options.backend === "redis" ? stack.use(await startRedis()) : undefined;
  const config = testConfig({ ...(redis && { REDIS_URL: redis.url }), ...options.env });
  const ctx = stack.use(
    await openContext({
      config,
      log: createLog({ level: config.log.level }),
      databaseUrl,
      secrets: { current: TEST_SECRET, previous: [] },
      ...(options.clock && { clock: options.clock }),
      ...(options.signals && { signals: options.signals }),
      ...(options.loadModel && { loadModel: options.loadModel }),
    }),
  );
  let workers: AsyncDisposable | undefined;
  stack.defer(() => workers?.[Symbol.asyncDispose]());
  const resources = stack.move();
  return Object.assign(ctx, {
    async processAll() {
      workers ??= startWorkers(ctx);
      await waitUntilDone(ctx);
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  });
}

export function testConfig(env: Record<string, string> = {}): Config {
  return readConfig({
    LOG_LEVEL: process.env["TEST_LOG_LEVEL"] ?? "silent",
    PORT: "0",
    PUBLIC_URL: "http://parley.test",
    WEBHOOK_ALLOW_CIDRS: "127.0.0.0/8",
    ...env,
  });
}

/** What is owed and due is read from the ledgers, so this waits for effects and not for the queue. */
async function waitUntilDone(ctx: Context): Promise<void> {
  const deadline = Date.now() + PROCESS_ALL_TIMEOUT_MS;
  while (Date.now() < deadline) {
    let owed = 0;
    for (const topic of OUTBOX_TOPICS) owed += (await outboxDepth(ctx.db, topic, ctx.clock.now())).owed;
    const due = await ctx.db.kysely
      .selectFrom("deliveries")
      .innerJoin("endpoints", "endpoints.id", "deliveries.endpoint_id")
      .select(({ fn }) => fn.countAll<string>().as("count"))
      .where("deliveries.status", "=", "pending")
      .where("deliveries.attempts", "=", 0)
      .where("endpoints.enabled", "=", true)
      .executeTakeFirstOrThrow();
    if (owed === 0 && Number(due.count) === 0) return;
    await sleep(5);
  }
  throw new Error("The workers did not finish in time.");
}
