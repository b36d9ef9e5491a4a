import type { Log } from "../log.ts";
import type { WindowCounts } from "./window-counts.ts";

/** What this process counted for a key since it last told. */
export type CountChange = { key: string; points: number; windowSeconds: number };
/** What all processes together have counted for it. */
export type CountTotal = { key: string; points: number; expiresInMs: number };

/** Where several processes exchange what they counted. */
export type SharedCounts = AsyncDisposable & {
  /** Adds the changes and gives the totals, in any order; a key may appear once. */
  add(changes: CountChange[]): Promise<CountTotal[]>;
};

export type Sharing = AsyncDisposable & {
  /** To be called when a point of a key was spent here. */
  note(spent: Spent): void;
};

/** `sharedKey` is the key among those of all limiters; `counted` what it has in this window with the point. */
type Spent = { limiter: WindowCounts; key: string; sharedKey: string; counted: number };

/** How far the counts of several processes may lag behind each other. */
export const EXCHANGE_EVERY_MS = 100;
/** Keys that wait to be told, while the store is away; past that they are only counted here. */
const WAITING_MAX = 100_000;

type Waiting = { limiter: WindowCounts; key: string; points: number };

/**
 * Tells the store what was counted here and takes over what all have counted. A store that is away stops no comment: each
 * process then counts for itself, and tells when it is back.
 */
export function shareCounts(shared: SharedCounts, log: Log): Sharing {
  let waiting = new Map<string, Waiting>();
  let exchanging: Promise<void> | undefined;

  const exchange = async () => {
    const told = waiting;
    waiting = new Map();
    try {
      const changes = [...told].map(([key, { limiter, points }]) => ({
        key,
        points,
        windowSeconds: limiter.windowSeconds,
      }));
      for (const total of await shared.add(changes)) takeOver(total, told.get(total.key));
    } catch (error) {
      log.debug({ reason: error instanceof Error ? error.message : "" }, "rate limits count in memory");
      for (const [key, one] of told) wait(key, one);
    }
  };

  /** What was spent here while the answer was on its way comes on top. */
  const takeOver = ({ key, points, expiresInMs }: CountTotal, told: Waiting | undefined) => {
    if (!told || expiresInMs <= 0) return;
    const since = waiting.get(key)?.points ?? 0;
    told.limiter.set(told.key, points + since, expiresInMs);
  };

  const wait = (key: string, { limiter, key: own, points }: Waiting) => {
    const found = waiting.get(key);
    if (found) found.points += points;
    else if (waiting.size < WAITING_MAX) waiting.set(key, { limiter, key: own, points });
  };

  const timer = setInterval(() => {
    if (waiting.size === 0) return;
    exchanging ??= exchange().finally(() => {
      exchanging = undefined;
    });
  }, EXCHANGE_EVERY_MS);
  timer.unref();
  return {
    note({ limiter, key, sharedKey, counted }) {
      // The second point brings along the first.
      if (counted > 1) wait(sharedKey, { limiter, key, points: counted === 2 ? 2 : 1 });
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await exchanging;
      if (waiting.size > 0) await exchange();
      await shared[Symbol.asyncDispose]();
    },
  };
}
