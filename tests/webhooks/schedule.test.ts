import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRetryAfter, RETRY_AFTER_SECONDS_MAX } from "../../src/webhooks/retry-after.ts";
import {
  ATTEMPT_DELAYS_SECONDS,
  ATTEMPTS_MAX,
  JITTER_SHARE,
  nextAttempt,
  OVERLOAD_PAUSE_SECONDS,
  SLOW_FAILURE_MS,
} from "../../src/webhooks/schedule.ts";
import type { NextAttemptInput } from "../../src/webhooks/schedule.ts";

const NOW = new Date("2026-08-20T12:00:00Z");
const FAILED: NextAttemptInput = {
  attempt: 1,
  outcome: "failed",
  statusCode: 500,
  retryAfterSeconds: null,
  durationMs: 30,
  now: NOW,
  random: () => 0,
};

function secondsTo(at: Date): number {
  return (at.getTime() - NOW.getTime()) / 1000;
}

/** Seconds from now until the next attempt, and how long the endpoint rests. */
function waits(change: Partial<NextAttemptInput>): { retry: number; pause: number | null } | string {
  const next = nextAttempt({ ...FAILED, ...change });
  if (next.state !== "retry") return next.state;
  return {
    retry: secondsTo(next.at),
    pause: next.endpointPausedUntil && secondsTo(next.endpointPausedUntil),
  };
}

describe("nextAttempt", () => {
  it("takes the ten steps of the published schedule, 75 h 35 min and 5 s in all, then gives up", () => {
    const steps = Array.from({ length: ATTEMPTS_MAX }, (_, index) => waits({ attempt: index + 1 }));
    expect(steps).toEqual([
      ...[5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400].map((retry) => ({
        retry,
        pause: null,
      })),
      "dead",
    ]);
    const total = ATTEMPT_DELAYS_SECONDS.reduce<number>((sum, delay) => sum + delay, 0);
    expect(total).toBe(75 * 3600 + 35 * 60 + 5);
  });

  it("adds jitter of up to a fifth, never takes away", () => {
    expect(waits({ attempt: 2, random: () => 0.5 })).toEqual({ retry: 330, pause: null });
    expect(waits({ attempt: 2, random: () => 0.999_999 })).toMatchObject({ retry: expect.closeTo(360, 1) });
  });

  it("stops at once for good when the receiver is gone, whatever the attempt", () => {
    expect(waits({ outcome: "gone", statusCode: 410 })).toBe("gone");
    expect(waits({ outcome: "gone", statusCode: 410, attempt: ATTEMPTS_MAX })).toBe("gone");
  });

  it("waits as long as the receiver asks, but no shorter than scheduled", () => {
    expect(waits({ retryAfterSeconds: 86_400 })).toEqual({ retry: 86_400, pause: null });
    expect(waits({ attempt: 4, retryAfterSeconds: 1 })).toEqual({ retry: 7_200, pause: null });
    expect(waits({ retryAfterSeconds: 0 })).toEqual({ retry: 5, pause: null });
  });

  it.each([429, 502, 504])("leaves the whole endpoint alone for a while after %i", (statusCode) => {
    expect(waits({ statusCode })).toEqual({ retry: OVERLOAD_PAUSE_SECONDS, pause: OVERLOAD_PAUSE_SECONDS });
    expect(waits({ statusCode, attempt: 3 })).toEqual({ retry: 1_800, pause: OVERLOAD_PAUSE_SECONDS });
    expect(waits({ statusCode, retryAfterSeconds: 7 })).toEqual({ retry: 7, pause: 7 });
  });

  it("pauses the endpoint after 503 only for as long as it says", () => {
    expect(waits({ statusCode: 503 })).toEqual({ retry: 5, pause: null });
    expect(waits({ statusCode: 503, retryAfterSeconds: 120 })).toEqual({ retry: 120, pause: 120 });
  });

  it("leaves an endpoint alone that fails slowly, whatever it answered at last", () => {
    const durationMs = SLOW_FAILURE_MS;
    const paused = { retry: OVERLOAD_PAUSE_SECONDS, pause: OVERLOAD_PAUSE_SECONDS };
    expect(waits({ statusCode: null, durationMs })).toEqual(paused);
    expect(waits({ statusCode: 500, retryAfterSeconds: 0, durationMs })).toEqual(paused);
    expect(waits({ retryAfterSeconds: 90, durationMs })).toEqual({ retry: 90, pause: 90 });
    expect(waits({ durationMs: durationMs - 1 })).toEqual({ retry: 5, pause: null });
  });

  it("is never earlier than scheduled, asked or paused, nor later than the maximum plus jitter", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: ATTEMPTS_MAX - 1 }),
        fc.option(fc.constantFrom(301, 400, 429, 500, 502, 503, 504)),
        fc.option(fc.integer({ min: 0, max: RETRY_AFTER_SECONDS_MAX })),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (attempt, statusCode, retryAfterSeconds, random) => {
          const found = waits({ attempt, statusCode, retryAfterSeconds, random: () => random });
          if (typeof found === "string") throw new Error(found);
          const least = Math.max(
            ATTEMPT_DELAYS_SECONDS[attempt] ?? 0,
            retryAfterSeconds ?? 0,
            found.pause ?? 0,
          );
          expect(found.retry).toBeGreaterThanOrEqual(least);
          expect(found.retry).toBeLessThanOrEqual(86_400 * (1 + JITTER_SHARE));
        },
      ),
    );
  });
});

describe("parseRetryAfter", () => {
  it.each([
    ["0", 0],
    ["120", 120],
    [" 120 ", 120],
    ["86400", 86_400],
    ["86401", RETRY_AFTER_SECONDS_MAX],
    ["9".repeat(400), RETRY_AFTER_SECONDS_MAX],
    ["Thu, 20 Aug 2026 12:01:00 GMT", 60],
    ["Thursday, 20-Aug-26 12:01:00 GMT", 60],
    ["Thu Aug 20 12:01:00 2026", 60],
    ["Sun Nov  6 08:49:37 1994", 0],
    ["Sunday, 06-Nov-94 08:49:37 GMT", 0],
    ["Thu, 20 Aug 2099 12:01:00 GMT", RETRY_AFTER_SECONDS_MAX],
    ["Thu, 20 Aug 2026 11:59:00 GMT", 0],
    ["", null],
    ["-1", null],
    ["1.5", null],
    ["soon", null],
    ["Thu, 20 Foo 2026 12:01:00 GMT", null],
    ["2026-08-20T12:01:00Z", null],
  ])("reads %j as %j", (header, seconds) => {
    expect(parseRetryAfter(header, NOW)).toBe(seconds);
  });

  it("rounds up, so as not to come too early, and takes the first of several", () => {
    const now = new Date(NOW.getTime() + 1);
    expect(parseRetryAfter("Thu, 20 Aug 2026 12:00:01 GMT", now)).toBe(1);
    expect(parseRetryAfter(["3", "4"], NOW)).toBe(3);
    expect(parseRetryAfter(undefined, NOW)).toBeNull();
  });

  it("reads every date that toUTCString writes", () => {
    const soon = fc.integer({ min: 0, max: RETRY_AFTER_SECONDS_MAX });
    fc.assert(
      fc.property(soon, (seconds) => {
        const at = new Date(NOW.getTime() + seconds * 1000);
        expect(parseRetryAfter(at.toUTCString(), NOW)).toBe(seconds);
      }),
    );
  });
});
