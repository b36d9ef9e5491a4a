import type { AttemptResult } from "./attempt.ts";

/**
 * Seconds to wait before each attempt, counted from the end of the one before: now, 5 s, 5 min, 30 min, 2 h, 5 h,
 * 10 h, 14 h, 20 h, 24 h, which is 75 h 35 min in all (the example schedule of Standard Webhooks 1.0.0).
 */
export const ATTEMPT_DELAYS_SECONDS = [
  0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400,
] as const;
export const ATTEMPTS_MAX = ATTEMPT_DELAYS_SECONDS.length;

/** Each wait is lengthened by up to this share of itself, evenly spread; it is never shortened. */
export const JITTER_SHARE = 0.2;

/** How long a receiver that is overloaded (429, 502, 504, slow) and names no time is left alone. */
export const OVERLOAD_PAUSE_SECONDS = 60;
/** A failure that took so long (a receiver that hangs, an address that swallows packets) is a sign of overload. */
export const SLOW_FAILURE_MS = 8_000;

export type NextAttemptInput = Pick<AttemptResult, "statusCode" | "retryAfterSeconds" | "durationMs"> & {
  /** Which attempt this was: 1 for the first. */
  attempt: number;
  outcome: Exclude<AttemptResult["outcome"], "delivered">;
  now: Date;
  /** Uniform in [0, 1), as `Math.random` gives. */
  random: () => number;
};

export type NextAttempt =
  | {
      state: "retry";
      at: Date;
      /** Set when the receiver asked for less of everything, or hangs: no delivery should go to this endpoint before. */
      endpointPausedUntil: Date | null;
    }
  /** All attempts are used: the delivery becomes a dead letter. */
  | { state: "dead" }
  /** The receiver answered 410: disable the endpoint. */
  | { state: "gone" };

/**
 * What to do after an attempt that did not deliver. `Retry-After` lengthens a wait and never shortens it: RFC 9110
 * §10.2.3 makes it the least to wait, and a short one must not use up three days of attempts in minutes.
 */
export function nextAttempt(input: NextAttemptInput): NextAttempt {
  if (input.outcome === "gone") return { state: "gone" };
  const scheduled = ATTEMPT_DELAYS_SECONDS[input.attempt];
  if (scheduled === undefined) return { state: "dead" };
  const slow = input.durationMs >= SLOW_FAILURE_MS;
  const asked = Math.max(
    input.retryAfterSeconds ?? (isOverload(input.statusCode) ? OVERLOAD_PAUSE_SECONDS : 0),
    slow ? OVERLOAD_PAUSE_SECONDS : 0,
  );
  const waitSeconds = Math.max(scheduled, asked) * (1 + JITTER_SHARE * input.random());
  const concernsEndpoint = slow || isOverload(input.statusCode) || input.statusCode === 503;
  return {
    state: "retry",
    at: after(input.now, waitSeconds),
    endpointPausedUntil: concernsEndpoint && asked > 0 ? after(input.now, asked) : null,
  };
}

function isOverload(statusCode: number | null): boolean {
  return statusCode === 429 || statusCode === 502 || statusCode === 504;
}

function after(now: Date, seconds: number): Date {
  return new Date(now.getTime() + Math.round(seconds * 1000));
}
