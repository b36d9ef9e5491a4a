import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createSlots } from "../../src/webhooks/slots.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const WAIT = { waitMs: 1_000, signal: new AbortController().signal };

/** What a promise has come to by now. */
async function stateOf(promise: Promise<Disposable | undefined>): Promise<"waiting" | "got" | "none"> {
  await vi.advanceTimersByTimeAsync(0);
  const slot = await Promise.race([promise, Promise.resolve("waiting" as const)]);
  if (slot === "waiting") return "waiting";
  return slot ? "got" : "none";
}

describe("slots", () => {
  it("go to whoever came first among those whose key has room", async () => {
    const slots = createSlots({ totalMax: 3, perKeyMax: 2 });
    const held = await Promise.all(["a", "a", "b"].map((key) => slots.acquire(key, WAIT)));
    const thirdOfA = slots.acquire("a", WAIT);
    const secondOfB = slots.acquire("b", WAIT);
    const thirdOfB = slots.acquire("b", WAIT);
    expect(await stateOf(thirdOfA)).toBe("waiting");
    held[2]?.[Symbol.dispose]();
    expect(await stateOf(secondOfB)).toBe("got");
    expect([await stateOf(thirdOfA), await stateOf(thirdOfB)]).toEqual(["waiting", "waiting"]);
    held[0]?.[Symbol.dispose]();
    expect(await stateOf(thirdOfA)).toBe("got");
    expect(await stateOf(thirdOfB)).toBe("waiting");
    held[1]?.[Symbol.dispose]();
    expect(await stateOf(thirdOfB)).toBe("got");
  });

  it("are not waited for longer than told, and what was given up takes none", async () => {
    const slots = createSlots({ totalMax: 1, perKeyMax: 1 });
    const held = await slots.acquire("a", WAIT);
    const late = slots.acquire("a", WAIT);
    await vi.advanceTimersByTimeAsync(999);
    expect(await stateOf(late)).toBe("waiting");
    await vi.advanceTimersByTimeAsync(1);
    expect(await stateOf(late)).toBe("none");
    held?.[Symbol.dispose]();
    expect(await stateOf(slots.acquire("b", WAIT))).toBe("got");
  });

  it("are not given out after an abort", async () => {
    const slots = createSlots({ totalMax: 1, perKeyMax: 1 });
    const abort = new AbortController();
    const options = { waitMs: 1_000, signal: abort.signal };
    const held = await slots.acquire("a", options);
    const waiting = slots.acquire("a", options);
    abort.abort();
    expect(await stateOf(waiting)).toBe("none");
    held?.[Symbol.dispose]();
    expect(await stateOf(slots.acquire("a", options))).toBe("none");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("are kept for keys that have none, so that slow ones cannot take them all", async () => {
    const slots = createSlots({ totalMax: 4, perKeyMax: 3, reserved: 2 });
    await Promise.all([slots.acquire("a", WAIT), slots.acquire("a", WAIT)]);
    const thirdOfA = slots.acquire("a", WAIT);
    expect(await stateOf(thirdOfA)).toBe("waiting");
    const b = slots.acquire("b", WAIT);
    expect(await stateOf(b)).toBe("got");
    (await b)?.[Symbol.dispose]();
    expect(await stateOf(thirdOfA)).toBe("waiting");
  });

  it("have a short queue, in all and per key", async () => {
    const slots = createSlots({ totalMax: 2, perKeyMax: 1, waitingMax: 3, waitingPerKeyMax: 2 });
    await Promise.all([slots.acquire("a", WAIT), slots.acquire("b", WAIT)]);
    const waiting = ["a", "a"].map((key) => slots.acquire(key, WAIT));
    expect(await stateOf(slots.acquire("a", WAIT))).toBe("none");
    const first = slots.acquire("b", WAIT);
    expect(await stateOf(slots.acquire("b", WAIT))).toBe("none");
    expect(await Promise.all([...waiting, first].map(stateOf))).toEqual(["waiting", "waiting", "waiting"]);
  });

  it("turn away all who wait for a key, and take new ones after", async () => {
    const slots = createSlots({ totalMax: 2, perKeyMax: 1, waitingPerKeyMax: 1 });
    const held = await Promise.all(["a", "b"].map((key) => slots.acquire(key, WAIT)));
    const ofA = slots.acquire("a", WAIT);
    const ofB = slots.acquire("b", WAIT);
    slots.turnAway("a");
    expect([await stateOf(ofA), await stateOf(ofB)]).toEqual(["none", "waiting"]);
    const again = slots.acquire("a", WAIT);
    held[0]?.[Symbol.dispose]();
    expect(await stateOf(again)).toBe("got");
  });
});
