import { AppError } from "../errors.ts";
import type { Log } from "../log.ts";
import { shareCounts, type SharedCounts } from "./share-counts.ts";
import type { Site } from "./site.ts";
import { createWindowCounts, type WindowCounts } from "./window-counts.ts";

/** What is left of a limit, for the RateLimit headers. */
export type LimitState = {
  name: string;
  limit: number;
  remaining: number;
  resetSeconds: number;
  windowSeconds: number;
};

export type RateLimits = AsyncDisposable & {
  /**
   * Counts one submission against the sender's network, the author and the site.
   * @returns the tightest state, for headers. @throws AppError `rate_limited` with the seconds to wait.
   */
  spendSubmission(site: Site, source: { network: string; author: string }): Promise<LimitState>;
  /** Counts one thread opened by a reader. @throws AppError `rate_limited` */
  spendNewThread(site: Site): Promise<void>;
};

type Rule = { name: string; points: number; windowSeconds: number };

const FORGET_EVERY_MS = 1_000;
/** Keys let go at a time: a few milliseconds' work, and more than as many seconds bring. */
const FORGET_MAX = 20_000;

/**
 * Limits are counted in memory, so that no request waits for its counting; several processes exchange what they counted every
 * {@link EXCHANGE_EVERY_MS}. Within that time each may let through what another has used up already, and for each key one more:
 * a first point is not told before there is a second, since most senders never spend one.
 * @param shared where processes exchange their counts; null: there is only this one.
 */
export function createRateLimits(shared: SharedCounts | null, log: Log): RateLimits {
  const limiters = new Map<string, WindowCounts>();
  const sharing = shared && shareCounts(shared, log);

  const limiterFor = (name: string, { windowSeconds }: Rule): WindowCounts => {
    const found = limiters.get(name);
    if (found) return found;
    const made = createWindowCounts(windowSeconds);
    limiters.set(name, made);
    return made;
  };

  const spend = (rule: Rule, key: string): LimitState => {
    const name = `${rule.name}:${rule.points}`;
    const limiter = limiterFor(name, rule);
    const { points, endsInMs } = limiter.spend(key);
    const state = {
      name: rule.name,
      limit: rule.points,
      remaining: Math.max(0, rule.points - points),
      resetSeconds: Math.max(1, Math.ceil(endsInMs / 1_000)),
      windowSeconds: rule.windowSeconds,
    };
    if (points > rule.points) throw tooMany(state);
    sharing?.note({ limiter, key, sharedKey: `${name}:${key}`, counted: points });
    return state;
  };

  const forgetting = setInterval(() => {
    for (const limiter of limiters.values()) limiter.forgetEnded(FORGET_MAX);
  }, FORGET_EVERY_MS);
  forgetting.unref();

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
      for (const [rule, key] of rules) states.push(spend(rule, key));
      return states.reduce((tightest, state) => (state.remaining < tightest.remaining ? state : tightest));
    },
    async spendNewThread(site) {
      const points = site.settings.limits.newThreadsPerHour;
      spend({ name: "threads", points, windowSeconds: 3_600 }, String(site.id));
    },
    async [Symbol.asyncDispose]() {
      clearInterval(forgetting);
      await sharing?.[Symbol.asyncDispose]();
    },
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
