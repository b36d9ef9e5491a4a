import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rateLimitHeaders, retryAfterValue } from "../../src/http/rate-limit-headers.ts";

/** RFC 9651: a list of strings with integer parameters. */
const ITEM = String.raw`"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*";[a-z]=\d{1,15};[a-z]=\d{1,15}`;
const LIST = new RegExp(`^${ITEM}(?:, ${ITEM})*$`);

describe("rateLimitHeaders", () => {
  test("writes policy and state as the draft's examples do", () => {
    const burst = { name: "burst", quota: 100, windowSeconds: 60, remaining: 50, resetSeconds: 30 };
    expect(rateLimitHeaders([burst])).toEqual({
      "RateLimit-Policy": '"burst";q=100;w=60',
      RateLimit: '"burst";r=50;t=30',
    });
    const daily = { name: "daily", quota: 1_000, windowSeconds: 86_400, remaining: 0.9, resetSeconds: 29.1 };
    expect(rateLimitHeaders([burst, daily])).toEqual({
      "RateLimit-Policy": '"burst";q=100;w=60, "daily";q=1000;w=86400',
      RateLimit: '"burst";r=50;t=30, "daily";r=0;t=30',
    });
  });

  test("of no limits are none", () => {
    expect(rateLimitHeaders([])).toEqual({});
  });

  test("are well-formed structured fields whatever the numbers and names", () => {
    const limit = fc.record({
      name: fc.string({ unit: "binary" }),
      quota: fc.double(),
      windowSeconds: fc.double(),
      remaining: fc.double(),
      resetSeconds: fc.double(),
    });
    fc.assert(
      fc.property(fc.array(limit, { minLength: 1, maxLength: 4 }), (limits) => {
        for (const header of Object.values(rateLimitHeaders(limits))) expect(header).toMatch(LIST);
      }),
    );
  });
});

describe("retryAfterValue", () => {
  test.each([
    [0, "1"],
    [-5, "1"],
    [0.2, "1"],
    [1, "1"],
    [1.01, "2"],
    [3_600, "3600"],
    [Number.NaN, "1"],
  ])("%d → %s", (seconds, expected) => {
    expect(retryAfterValue(seconds)).toBe(expected);
  });

  test("is always at least as long as asked for, in digits", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), (seconds) => {
        expect(retryAfterValue(seconds)).toMatch(/^[1-9]\d*$/);
        expect(Number(retryAfterValue(seconds))).toBeGreaterThanOrEqual(seconds);
      }),
    );
  });
});
