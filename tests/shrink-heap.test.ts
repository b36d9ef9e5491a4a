import { expect, test } from "vitest";
import { shrinkHeapOnceQuiet } from "../src/shrink-heap.ts";

const MB = 1_000_000;

test("gives back what nothing needs any more, and leaves no collector about", async () => {
  let garbage: unknown[] | null = Array.from({ length: 500_000 }, (_, n) => ({ n }));
  const full = process.memoryUsage().heapTotal;
  expect(garbage).toHaveLength(500_000);
  garbage = null;
  await shrinkHeapOnceQuiet(20);
  expect(process.memoryUsage().heapTotal).toBeLessThan(full - 5 * MB);
  expect(globalThis).not.toHaveProperty("gc");
});

test("waits while there is work", async () => {
  let done = false;
  const shrunk = shrinkHeapOnceQuiet(20).then(() => (done = true));
  for (const until = performance.now() + 300; performance.now() < until;) {
    const busyUntil = performance.now() + 15;
    while (performance.now() < busyUntil);
    await new Promise((resolve) => setImmediate(resolve));
    expect(done).toBe(false);
  }
  await shrunk;
});
