import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createWindowCounts } from "../../src/sites/window-counts.ts";

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

it("begins a key's window with its first point, and another when that has ended", () => {
  const counts = createWindowCounts(60);
  expect(counts.spend("a")).toEqual({ points: 1, endsInMs: 60_000 });
  vi.advanceTimersByTime(20_000);
  expect(counts.spend("a")).toEqual({ points: 2, endsInMs: 40_000 });
  expect(counts.spend("b")).toEqual({ points: 1, endsInMs: 60_000 });
  vi.advanceTimersByTime(40_000);
  expect(counts.spend("a")).toEqual({ points: 1, endsInMs: 60_000 });
  expect(counts.spend("b")).toEqual({ points: 2, endsInMs: 20_000 });
});

it("goes on from what was counted elsewhere, until that window ends", () => {
  const counts = createWindowCounts(60);
  counts.spend("first");
  counts.spend("a");
  counts.set("a", 7, 10_000);
  expect(counts.spend("a")).toEqual({ points: 8, endsInMs: 10_000 });
  vi.advanceTimersByTime(10_000);
  expect(counts.spend("a").points).toBe(1);
});

it("lets go of keys whose windows have ended, and of no others", () => {
  const counts = createWindowCounts(60);
  for (const key of ["a", "b", "c"]) counts.spend(key);
  vi.advanceTimersByTime(30_000);
  counts.spend("later");
  vi.advanceTimersByTime(30_000);
  counts.forgetEnded(2);
  expect(counts.size).toBe(2);
  counts.forgetEnded(2);
  expect(counts.size).toBe(1);
  expect(counts.spend("later").points).toBe(2);
});
