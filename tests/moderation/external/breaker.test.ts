import { describe, expect, it } from "vitest";
import { createBreaker } from "../../../src/moderation/external/breaker.ts";
import { createGate } from "../../../src/moderation/external/gate.ts";
import { clockAt } from "./support.ts";

const OPTIONS = { failuresMax: 3, openMs: 30_000 };

describe("createBreaker", () => {
  it("opens after so many failures in a row, and not before", () => {
    const breaker = createBreaker(clockAt("2026-01-01T00:00:00Z"));
    for (const outcome of ["failed", "failed", "succeeded", "failed", "failed"] as const) {
      expect(breaker.enter()).toBe(true);
      breaker[outcome](OPTIONS);
    }
    expect(breaker.state()).toBe("closed");
    breaker.failed(OPTIONS);
    expect([breaker.state(), breaker.enter()]).toEqual(["open", false]);
  });

  it("after its rest lets one call through, and that one decides", () => {
    const clock = clockAt("2026-01-01T00:00:00Z");
    const breaker = createBreaker(clock);
    for (let n = 0; n < 3; n += 1) breaker.failed(OPTIONS);
    clock.advance(29_999);
    expect(breaker.enter()).toBe(false);
    clock.advance(1);
    expect([breaker.state(), breaker.enter(), breaker.enter()]).toEqual(["half_open", true, false]);
    breaker.failed(OPTIONS);
    // It failed again: the rest is twice as long.
    clock.advance(59_999);
    expect(breaker.enter()).toBe(false);
    clock.advance(1);
    expect(breaker.enter()).toBe(true);
    breaker.abandoned();
    expect(breaker.enter()).toBe(true);
    breaker.succeeded();
    expect([breaker.state(), breaker.enter(), breaker.enter()]).toEqual(["closed", true, true]);
  });

  it("rests at once, and as long as it is asked to", () => {
    const clock = clockAt("2026-01-01T00:00:00Z");
    const breaker = createBreaker(clock);
    breaker.failed(OPTIONS, 600_000);
    expect(breaker.openUntil()).toEqual(new Date("2026-01-01T00:10:00Z"));
    clock.advance(599_999);
    expect(breaker.enter()).toBe(false);
  });

  it("what began before it opened does not make it rest longer", () => {
    const breaker = createBreaker(clockAt("2026-01-01T00:00:00Z"));
    for (let n = 0; n < 8; n += 1) breaker.failed(OPTIONS);
    expect(breaker.openUntil()).toEqual(new Date("2026-01-01T00:00:30Z"));
  });
});

describe("createGate", () => {
  it("lets so many through, the others in order as places come free, and none after its time", async () => {
    const gate = createGate();
    const first = await gate.enter(1, 0);
    const order: string[] = [];
    const second = gate.enter(1, 5_000).then((leave) => {
      order.push("second");
      return leave;
    });
    const third = gate.enter(1, 5_000).then((leave) => {
      order.push("third");
      return leave;
    });
    expect(await gate.enter(1, 10)).toBeUndefined();
    first?.();
    first?.();
    (await second)?.();
    (await third)?.();
    expect(order).toEqual(["second", "third"]);
    expect(await gate.enter(1, 0)).toBeTypeOf("function");
  });
});
