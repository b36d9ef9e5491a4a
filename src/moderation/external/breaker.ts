import type { Clock } from "../../clock.ts";

type BreakerOptions = { failuresMax: number; openMs: number };
export type BreakerState = "closed" | "open" | "half_open";

/** Leaves somebody alone who keeps failing, and tries with one call whether they are back. */
export type Breaker = {
  /** Whether a call may be made; it must then be told how it went, or that it was not made. */
  enter(): boolean;
  succeeded(): void;
  /** @param restMs for which they asked to be left alone. */
  failed(options: BreakerOptions, restMs?: number): void;
  /** The call that was let in has not been made. */
  abandoned(): void;
  state(): BreakerState;
  /** When the next call may be made; null while all may. */
  openUntil(): Date | null;
};

/** Successive rests double, up to this many times the first. */
const REST_FACTOR_MAX = 16;

export function createBreaker(clock: Clock): Breaker {
  let failures = 0;
  /** Times that it opened since the last success. */
  let openings = 0;
  let openUntilMs: number | null = null;
  let isProbing = false;

  const rest = (openMs: number, restMs: number) => {
    const factor = Math.min(2 ** openings, REST_FACTOR_MAX);
    openUntilMs = clock.nowMs() + Math.max(openMs * factor, restMs);
    openings += 1;
    failures = 0;
  };

  return {
    enter() {
      if (openUntilMs === null) return true;
      if (isProbing || clock.nowMs() < openUntilMs) return false;
      isProbing = true;
      return true;
    },
    succeeded() {
      failures = 0;
      openings = 0;
      openUntilMs = null;
      isProbing = false;
    },
    failed({ failuresMax, openMs }, restMs = 0) {
      failures += 1;
      // A call that began before it opened tells nothing new.
      const isProbe = isProbing;
      isProbing = false;
      if (openUntilMs !== null && !isProbe && clock.nowMs() < openUntilMs) return;
      if (isProbe || restMs > 0 || failures >= failuresMax) rest(openMs, restMs);
    },
    abandoned() {
      isProbing = false;
    },
    state() {
      if (openUntilMs === null) return "closed";
      return clock.nowMs() < openUntilMs ? "open" : "half_open";
    },
    openUntil: () => (openUntilMs === null ? null : new Date(openUntilMs)),
  };
}
