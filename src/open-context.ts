import { deriveKeys } from "./accounts/keys.ts";
import { createCaches } from "./caches.ts";
import { type Clock, systemClock } from "./clock.ts";
import { createIntake } from "./comments/intake.ts";
import type { Config } from "./config.ts";
import type { Context } from "./context.ts";
import { openDatabase } from "./db/database.ts";
import type { Log } from "./log.ts";
import { createMetrics } from "./metrics.ts";
import { type BaseModel, loadBaseModel } from "./moderation/model/base-model.ts";
import { openExternal } from "./moderation/external/open-external.ts";
import { SIGNALS } from "./moderation/signals/index.ts";
import type { Signal } from "./moderation/signal.ts";
import { createDispatcher } from "./queue/dispatcher.ts";
import { openQueue } from "./queue/open-queue.ts";
import type { Secrets } from "./secrets.ts";
import { openRateLimits } from "./sites/open-rate-limits.ts";
import { loadSite } from "./sites/site.ts";
import { openWebhooks } from "./webhooks/open-webhooks.ts";

export type OpenContextOptions = {
  config: Config;
  log: Log;
  /** A migrated database. */
  databaseUrl: string;
  secrets: Secrets;
  clock?: Clock;
  signals?: readonly Signal[];
  /** In place of the model that ships with Parley. */
  loadModel?: () => Promise<BaseModel>;
  /** Keeps the queues of several instances in one Redis apart. */
  queuePrefix?: string;
};

/** Connections of the embedded default: one process is alone with its server. */
const EMBEDDED_POOL_MAX = 10;

/** Opens everything a process works with; disposing of it closes all in reverse, after what is in flight. */
export async function openContext(options: OpenContextOptions): Promise<Context> {
  const { config, log, databaseUrl } = options;
  await using stack = new AsyncDisposableStack();
  const poolMax = config.database.kind === "url" ? config.database.poolMax : EMBEDDED_POOL_MAX;
  const db = stack.use(
    openDatabase({
      url: databaseUrl,
      poolMax,
      onError: (error) => log.warn({ err: error }, "database connection lost"),
    }),
  );
  const loadingModel = (options.loadModel ?? loadBaseModel)().catch((error: unknown) => {
    log.error({ err: error }, "the learned model could not be loaded; what it should tell is unavailable");
    return null;
  });
  const queue = stack.use(
    await openQueue({
      engine: config.queue.kind === "redis" ? config.queue : { kind: "postgres", url: databaseUrl },
      log,
      ...(options.queuePrefix === undefined ? {} : { prefix: options.queuePrefix }),
    }),
  );
  const limits = stack.use(openRateLimits({ config, db, log }));
  const webhooks = stack.use(openWebhooks(config.webhooks));
  const clock = options.clock ?? systemClock;
  const external = stack.use(openExternal(config.external, clock));
  const { dispatch } = stack.use(createDispatcher(queue, log));
  const intake = stack.use(createIntake(() => ctx));
  const baseModel = await loadingModel;
  const resources = stack.move();
  const ctx: Context = {
    config,
    databaseUrl,
    log,
    clock,
    db,
    queue,
    dispatch,
    intake,
    keys: deriveKeys([options.secrets.current, ...options.secrets.previous]),
    caches: createCaches({ site: (key, known) => loadSite(db, key, known) }),
    limits,
    webhooks,
    external,
    metrics: createMetrics(),
    baseModel,
    signals: options.signals ?? SIGNALS,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
  return ctx;
}
