type Count = { points: number; untilMs: number };

/** Points by key, each key in a window of its own that begins with its first point. */
export type WindowCounts = {
  readonly windowSeconds: number;
  /** Keys it holds. */
  readonly size: number;
  /** Spends a point; what the key has spent with it, and the milliseconds until its window ends. */
  spend(key: string): { points: number; endsInMs: number };
  /** Takes over what was counted elsewhere. */
  set(key: string, points: number, endsInMs: number): void;
  /** Lets go of at most so many keys whose windows have ended. */
  forgetEnded(keysMax: number): void;
};

/**
 * No timer for each key, and no more than its name and two whole numbers: every reader of a busy site brings new ones, and what
 * is kept for minutes is first copied twice by the collector, while all requests wait.
 */
export function createWindowCounts(windowSeconds: number): WindowCounts {
  // In the order in which the windows end, as all are equally long; what was taken over may end sooner.
  const counts = new Map<string, Count>();
  const put = (key: string, count: Count): Count => {
    counts.delete(key);
    counts.set(key, count);
    return count;
  };
  return {
    windowSeconds,
    get size() {
      return counts.size;
    },
    spend(key) {
      const nowMs = wholeMs();
      const found = counts.get(key);
      const count =
        found !== undefined && found.untilMs > nowMs
          ? found
          : put(key, { points: 0, untilMs: nowMs + windowSeconds * 1_000 });
      count.points += 1;
      return { points: count.points, endsInMs: count.untilMs - nowMs };
    },
    set(key, points, endsInMs) {
      put(key, { points, untilMs: wholeMs() + Math.ceil(endsInMs) });
    },
    forgetEnded(keysMax) {
      const nowMs = wholeMs();
      let left = keysMax;
      for (const [key, { untilMs }] of counts) {
        if (untilMs > nowMs || left === 0) return;
        counts.delete(key);
        left -= 1;
      }
    },
  };
}

/** Of this process, and whole: V8 keeps such numbers without an object for each. */
function wholeMs(): number {
  return Math.floor(performance.now());
}
