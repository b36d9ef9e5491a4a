import { randomBytes } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { issueFormToken, verifyFormToken } from "../../src/comments/form-token.ts";

const key = Buffer.alloc(32, 7);
const nowMs = Date.parse("2025-03-01T12:00:00Z");
const maxAgeMs = 3_600_000;
const place = { siteKey: "news", threadKey: "https://example.org/a" };
const issued = () => issueFormToken(key, { ...place, nowMs });
const check = (token: string | undefined, change: Partial<typeof place & { nowMs: number }> = {}) =>
  verifyFormToken(key, token, { ...place, nowMs, maxAgeMs, ...change });

const placeName = fc.record({
  siteKey: fc.string({ unit: "grapheme" }),
  threadKey: fc.string({ unit: "grapheme" }),
});

describe("a form token", () => {
  test("is 92 characters of URL-safe text, different for every form", () => {
    const tokens = Array.from({ length: 50 }, issued);
    for (const token of tokens) expect(token).toMatch(/^pf1_[A-Za-z0-9_-]{88}$/);
    expect(new Set(tokens).size).toBe(50);
    expect(new Set(tokens.map((token) => check(token).nonce)).size).toBe(50);
  });

  test("is valid at its place from its issue to its last millisecond, then expired", () => {
    fc.assert(
      fc.property(placeName, fc.nat(2 * maxAgeMs), (there, ageMs) => {
        const token = issueFormToken(key, { ...there, nowMs });
        const result = verifyFormToken(key, token, { ...there, nowMs: nowMs + ageMs, maxAgeMs });
        expect(result).toEqual({
          state: ageMs <= maxAgeMs ? "valid" : "expired",
          ageMs,
          nonce: expect.stringMatching(/^[\w-]{16}$/),
        });
      }),
    );
    expect(check(issued(), { nowMs: nowMs + maxAgeMs }).state).toBe("valid");
    expect(check(issued(), { nowMs: nowMs + maxAgeMs + 1 }).state).toBe("expired");
  });

  test("sent twice has the same nonce", () => {
    const token = issued();
    expect(check(token).nonce).toBe(check(token, { nowMs: nowMs + 5 }).nonce);
  });

  test("of another site or thread is told from a forged one, also when expired", () => {
    fc.assert(
      fc.property(placeName, placeName, fc.nat(), (here, there, ageMs) => {
        fc.pre(here.siteKey !== there.siteKey || here.threadKey !== there.threadKey);
        const token = issueFormToken(key, { ...there, nowMs });
        const result = verifyFormToken(key, token, { ...here, nowMs: nowMs + ageMs, maxAgeMs });
        expect(result).toMatchObject({ state: "wrong_thread", ageMs: null });
      }),
    );
    expect(
      check(issueFormToken(key, { siteKey: "ab", threadKey: "c", nowMs }), { siteKey: "a", threadKey: "bc" })
        .state,
    ).toBe("wrong_thread");
  });

  test("of another key is invalid, whatever its thread", () => {
    const invalid = { state: "invalid", ageMs: null, nonce: null };
    const foreign = randomBytes(32);
    expect(check(issueFormToken(foreign, { ...place, nowMs }))).toEqual(invalid);
    expect(check(issueFormToken(foreign, { siteKey: "x", threadKey: "y", nowMs }))).toEqual(invalid);
  });

  test("from the future is invalid beyond a minute of skew, and of age 0 within", () => {
    expect(check(issued(), { nowMs: nowMs - 60_000 })).toMatchObject({ state: "valid", ageMs: 0 });
    expect(check(issued(), { nowMs: nowMs - 60_001 })).toEqual({
      state: "invalid",
      ageMs: null,
      nonce: null,
    });
  });

  test("with any one character changed, added or removed is invalid", () => {
    const character = fc.constantFrom("A", "B", "z", "0", "-", "_", "=", " ", "é", "\n");
    fc.assert(
      fc.property(fc.nat(92), fc.constantFrom(0, 1), fc.option(character), (at, cut, put) => {
        const token = issued();
        const changed = token.slice(0, at) + (put ?? "") + token.slice(at + cut);
        fc.pre(changed !== token);
        expect(check(changed)).toEqual({ state: "invalid", ageMs: null, nonce: null });
      }),
    );
  });

  test("that is not there is absent; anything else is invalid, never an exception", () => {
    const absent = { state: "absent", ageMs: null, nonce: null };
    expect([check(""), check(undefined), verifyFormToken(key, null, { ...place, nowMs, maxAgeMs })]).toEqual([
      absent,
      absent,
      absent,
    ]);
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1, size: "large" }), (text) => {
        expect(check(text).state).toBe("invalid");
        expect(check(`pf1_${text}`).state).toBe("invalid");
      }),
    );
  });
});
