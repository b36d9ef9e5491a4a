/** Keeps from asking what has failed so often that the next call would, too, and only cost time. */
export type Breaker = {
  /**
   * Whether to ask now. Once the break is over one call goes ahead of all others; whoever is let in must report with
   * one of the three below.
   */
  enter(nowMs: number): boolean;
  /** In the end nothing was asked, so nothing is known. */
  left(): void;
  /** Returns whether there had been a break. */
  succeeded(): boolean;
  /** Returns until when nobody asks, if this failure was one too many. @param restMs a break that the other side asks for. */
  failed(nowMs: number, restMs?: number): number | null;
};

/** A break that the other side asks for is kept up to here. */
const REST_MS_MAX = 3_600_000;

export function createBreaker(options: { failures: number; openMs: number }): Breaker {
  let failures = 0;
  let openUntilMs: number | null = null;
  let probing = false;
  return {
    enter(nowMs) {
      if (openUntilMs === null) return true;
      if (nowMs < openUntilMs || probing) return false;
      probing = true;
      return true;
    },
    left() {
      probing = false;
    },
    succeeded() {
      const wasOpen = openUntilMs !== null;
      failures = 0;
      openUntilMs = null;
      probing = false;
      return wasOpen;
    },
    failed(nowMs, restMs = 0) {
      failures += 1;
      probing = false;
      if (failures < options.failures && restMs === 0) return null;
      openUntilMs = Math.max(
        openUntilMs ?? 0,
        nowMs + Math.max(options.openMs, Math.min(restMs, REST_MS_MAX)),
      );
      return openUntilMs;
    },
  };
}
