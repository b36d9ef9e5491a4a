import {
  RateLimiterMemory,
  RateLimiterPostgres,
  RateLimiterRedis,
  RateLimiterRes,
} from "rate-limiter-flexible";
import { AppError } from "../errors.ts";
import type { Site } from "./site.ts";

/** Where the counts live: in this process, or shared between several. */
export type RateLimitStore =
  | { kind: "memory" }
  | { kind: "postgres"; pool: unknown }
  | { kind: "redis"; client: unknown };

/** What is left of a limit, for the RateLimit headers. */
export type LimitState = {
  name: string;
  limit: number;
  remaining: number;
  resetSeconds: number;
  windowSeconds: number;
};

export type RateLimits = {
  /**
   * Counts one submission against the sender's network, the author and the site.
   * @returns the tightest state, for headers. @throws AppError `rate_limited` with the seconds to wait.
   */
  spendSubmission(site: Site, source: { network: string; author: string }): Promise<LimitState>;
  /** Counts one thread opened by a reader. @throws AppError `rate_limited` */
  spendNewThread(site: Site): Promise<void>;
};

type Limiter = RateLimiterMemory | RateLimiterPostgres | RateLimiterRedis;
type Rule = { name: string; points: number; windowSeconds: number };

export function createRateLimits(store: RateLimitStore): RateLimits {
  const limiters = new Map<string, Limiter>();

  const limiterFor = (rule: Rule): Limiter => {
    const key = `${rule.name}:${rule.points}`;
    const found = limiters.get(key);
    if (found) return found;
    const made = createLimiter(store, rule);
    limiters.set(key, made);
    return made;
  };

  const spend = async (rule: Rule, key: string): Promise<LimitState> => {
    try {
      return toState(rule, await limiterFor(rule).consume(key));
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      throw tooMany(toState(rule, refusal));
    }
  };

  return {
    async spendSubmission(site, source) {
      const { perIpPerTenMinutes, perAuthorPerTenMinutes, perSitePerMinute } = site.settings.limits;
      const rules: [Rule, string][] = [
        [{ name: "network", points: perIpPerTenMinutes, windowSeconds: 600 }, `${site.id}:${source.network}`],
        [
          { name: "author", points: perAuthorPerTenMinutes, windowSeconds: 600 },
          `${site.id}:${source.author}`,
        ],
        [{ name: "site", points: perSitePerMinute, windowSeconds: 60 }, String(site.id)],
      ];
      // In this order and no further than the first refusal: one sender must not use up what others share.
      const states: LimitState[] = [];
      for (const [rule, key] of rules) states.push(await spend(rule, key));
      return states.reduce((tightest, state) => (state.remaining < tightest.remaining ? state : tightest));
    },
    async spendNewThread(site) {
      const points = site.settings.limits.newThreadsPerHour;
      await spend({ name: "threads", points, windowSeconds: 3_600 }, String(site.id));
    },
  };
}

function createLimiter(store: RateLimitStore, rule: Rule): Limiter {
  const options = {
    keyPrefix: `${rule.name}:${rule.points}`,
    points: rule.points,
    duration: rule.windowSeconds,
  };
  const memory = new RateLimiterMemory(options);
  switch (store.kind) {
    case "memory":
      return memory;
    // A store that is away must not stop comments: each process then counts for itself.
    case "postgres":
      return new RateLimiterPostgres({
        ...options,
        storeClient: store.pool,
        tableName: "rate_limits",
        tableCreated: true,
        insuranceLimiter: memory,
      });
    case "redis":
      return new RateLimiterRedis({ ...options, storeClient: store.client, insuranceLimiter: memory });
    default:
      return store satisfies never;
  }
}

function toState(rule: Rule, result: RateLimiterRes): LimitState {
  return {
    name: rule.name,
    limit: rule.points,
    remaining: result.remainingPoints,
    resetSeconds: Math.max(1, Math.ceil(result.msBeforeNext / 1_000)),
    windowSeconds: rule.windowSeconds,
  };
}

function tooMany(state: LimitState): AppError {
  return new AppError("rate_limited", "Too many comments in a short time. Please wait a little.", {
    reason: `limit_${state.name}`,
    retryAfterSeconds: state.resetSeconds,
    details: { limit: state.limit, windowSeconds: state.windowSeconds },
    limitState: state,
  });
}
