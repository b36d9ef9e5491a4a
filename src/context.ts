import type { Keys } from "./accounts/keys.ts";
import type { Caches } from "./caches.ts";
import type { Clock } from "./clock.ts";
import type { Intake } from "./comments/intake.ts";
import type { Config } from "./config.ts";
import type { Database } from "./db/database.ts";
import type { Log } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import type { BaseModel } from "./moderation/model/base-model.ts";
import type { External } from "./moderation/external/open-external.ts";
import type { Signal } from "./moderation/signal.ts";
import type { Dispatch } from "./queue/dispatcher.ts";
import type { Queue } from "./queue/queue.ts";
import type { RateLimits } from "./sites/rate-limits.ts";
import type { Webhooks } from "./webhooks/open-webhooks.ts";

/** All that a verb may reach for. Made once per process by `open-context.ts`, handed down everywhere; nothing is global. */
export type Context = AsyncDisposable & {
  config: Config;
  /** Where the truth is, also when it is embedded. */
  databaseUrl: string;
  log: Log;
  clock: Clock;
  db: Database;
  queue: Queue;
  /** Hands committed work to the queue without waiting for it. */
  dispatch: Dispatch;
  /** Group commit of submissions. */
  intake: Intake;
  keys: Keys;
  caches: Caches;
  limits: RateLimits;
  /** Connections to webhook receivers, and what may be contacted. */
  webhooks: Webhooks;
  /** Connections to the external checks that sites have turned on, with breakers and known answers. */
  external: External;
  metrics: Metrics;
  /** The learned model that ships with Parley; null when it could not be loaded, and then its facts are unavailable. */
  baseModel: BaseModel | null;
  /** Registered checks, in the order of the trace. */
  signals: readonly Signal[];
};
