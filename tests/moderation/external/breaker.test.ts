import { describe, expect, it } from "vitest";
import { createBreaker } from "../../../src/moderation/external/breaker.ts";

describe("breaker", () => {
  it("opens after so many failures one after the other, and lets one call go ahead after a while", () => {
    const breaker = createBreaker({ failures: 3, openMs: 1_000 });
    expect(breaker.failed(0)).toBeNull();
    expect(breaker.failed(0)).toBeNull();
    breaker.succeeded();
    expect(breaker.failed(0)).toBeNull();
    expect(breaker.failed(0)).toBeNull();
    expect(breaker.failed(100)).toBe(1_100);
    expect(breaker.enter(1_099)).toBe(false);
    expect(breaker.enter(1_100)).toBe(true);
    expect(breaker.enter(1_100)).toBe(false);
    expect(breaker.failed(1_200)).toBe(2_200);
    expect(breaker.enter(2_199)).toBe(false);
    expect(breaker.enter(2_200)).toBe(true);
    expect(breaker.succeeded()).toBe(true);
    expect([breaker.enter(2_201), breaker.enter(2_201)]).toEqual([true, true]);
  });

  it("goes on probing when the one that went ahead did not get to ask", () => {
    const breaker = createBreaker({ failures: 1, openMs: 1_000 });
    breaker.failed(0);
    expect(breaker.enter(1_000)).toBe(true);
    breaker.left();
    expect(breaker.enter(1_000)).toBe(true);
  });

  it("keeps the break that the other side asks for, up to an hour", () => {
    const breaker = createBreaker({ failures: 5, openMs: 1_000 });
    expect(breaker.failed(0, 30_000)).toBe(30_000);
    expect(breaker.failed(0, 86_400_000)).toBe(3_600_000);
  });
});
