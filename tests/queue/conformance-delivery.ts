import { expect, test, vi } from "vitest";
import { AppError } from "../../src/errors.ts";
import { JOBS_PER_CALL_MAX } from "../../src/queue/queue.ts";
import type { NewJob } from "../../src/queue/queue.ts";
import type { Suite } from "./conformance.ts";
import { deliver, newPrefix, NOTHING, WAIT } from "./support.ts";

export function testDelivery(suite: Suite): void {
  test("a job reaches its handler, with its payload and what is known about it", async () => {
    await using queue = await suite.open();
    const seen: unknown[] = [];
    queue.work("comment.check", async (payload, meta) => void seen.push({ payload, meta }));
    const payload = { ids: [crypto.randomUUID(), crypto.randomUUID()], requestId: "req-1" };
    await queue.addBulk([{ name: "comment.check", payload }]);
    await expect
      .poll(() => seen, WAIT)
      .toEqual([
        {
          payload,
          meta: {
            jobId: expect.any(String),
            attempt: 1,
            lastAttempt: false,
            signal: expect.any(AbortSignal),
          },
        },
      ]);
    await expect.poll(() => queue.counts("comment.check"), WAIT).toEqual(NOTHING);
  });

  test("jobs of several names in one call go to their own handlers", async () => {
    await using queue = await suite.open();
    const checks: string[] = [];
    const deliveries: string[] = [];
    queue.work("comment.check", async ({ ids }) => void checks.push(...ids));
    queue.work("webhook.deliver", async ({ ids }) => void deliveries.push(...ids));
    const id = crypto.randomUUID();
    await queue.addBulk([deliver("1"), { name: "comment.check", payload: { ids: [id] } }, deliver("2")]);
    await expect.poll(() => [checks, deliveries.toSorted()], WAIT).toEqual([[id], ["1", "2"]]);
  });

  test("a bulk of 1,000 is delivered, each job once, to workers of two processes' queues", async () => {
    const prefix = newPrefix();
    await using queue = await suite.open({ prefix, enqueueTimeoutMs: 5_000 });
    await using other = await suite.open({ prefix });
    const seen: string[] = [];
    for (const each of [queue, other])
      each.work("webhook.deliver", async ({ ids }) => void seen.push(...ids));
    const ids = Array.from({ length: JOBS_PER_CALL_MAX }, (_, index) => String(index + 1));
    await queue.addBulk(ids.map((id) => deliver(id)));
    await expect.poll(() => seen.length, WAIT).toBeGreaterThanOrEqual(ids.length);
    await expect.poll(() => queue.counts("webhook.deliver"), WAIT).toEqual(NOTHING);
    expect(seen.toSorted((a, b) => Number(a) - Number(b))).toEqual(ids);
  });

  test.each([
    ["no id", { ids: [] }],
    ["51 ids", { ids: Array.from({ length: 51 }, () => crypto.randomUUID()) }],
    ["something that is no id", { ids: ["reader@example.org"] }],
    ["more than ids", { ids: [crypto.randomUUID()], email: "reader@example.org" }],
    ["a long request id", { ids: [crypto.randomUUID()], requestId: "r".repeat(65) }],
    ["nothing", undefined],
  ])("a payload with %s is refused, and with it the whole call", async (_, payload) => {
    await using queue = await suite.open();
    const good: NewJob = { name: "comment.check", payload: { ids: [crypto.randomUUID()] } };
    const bad = { name: "comment.check", payload } as NewJob;
    await expect(queue.addBulk([good, bad])).rejects.toMatchObject({ code: "invalid_input" });
    expect(await queue.counts("comment.check")).toEqual(NOTHING);
  });

  test("limits are refused past, by name", async () => {
    await using queue = await suite.open();
    const many = Array.from({ length: JOBS_PER_CALL_MAX + 1 }, () => deliver("1"));
    await expect(queue.addBulk(many)).rejects.toMatchObject({ reason: "too_many_jobs" });
    for (const delayMs of [-1, 0.5, 8 * 86_400_000, Number.NaN]) {
      const job = { ...deliver("1"), options: { delayMs } };
      await expect(queue.addBulk([job])).rejects.toMatchObject({ reason: "bad_delay" });
    }
    await queue.addBulk([]);
    expect(await queue.counts("webhook.deliver")).toEqual(NOTHING);
  });

  test("as many jobs are in hand at a time as the worker was told, and no more", async () => {
    await using queue = await suite.open();
    const bothSlots = Promise.withResolvers<void>();
    let active = 0;
    const seen: number[] = [];
    queue.work(
      "webhook.deliver",
      async () => {
        active += 1;
        seen.push(active);
        if (active === 2) bothSlots.resolve();
        await bothSlots.promise;
        active -= 1;
      },
      { concurrency: 2 },
    );
    await queue.addBulk(Array.from({ length: 40 }, (_, index) => deliver(String(index + 1))));
    await expect.poll(() => seen.length, WAIT).toBe(40);
    expect(Math.max(...seen)).toBe(2);
  });

  test("a delayed job is counted as such and does not come early", async () => {
    await using queue = await suite.open();
    const came: number[] = [];
    queue.work("webhook.deliver", async () => void came.push(Date.now()));
    const due = Date.now() + 400;
    await queue.addBulk([{ ...deliver("1"), options: { delayMs: 400 } }]);
    expect(await queue.counts("webhook.deliver")).toMatchObject({
      waiting: 0,
      delayed: 1,
      oldestWaitingMs: null,
    });
    await expect.poll(() => came, WAIT).toHaveLength(1);
    expect(came[0]).toBeGreaterThanOrEqual(due);
    expect(came[0]).toBeLessThan(due + 3_000);
  });

  test("counts tell the age of the job next in line, not of the last one", async () => {
    await using queue = await suite.open();
    await queue.addBulk([deliver("1")]);
    const added = Date.now();
    await vi.waitUntil(() => Date.now() - added > 100);
    await queue.addBulk([deliver("2"), deliver("3")]);
    const counts = await queue.counts("webhook.deliver");
    expect(counts).toMatchObject({ waiting: 3, active: 0 });
    expect(counts.oldestWaitingMs).toBeGreaterThan(100);
    expect(counts.oldestWaitingMs).toBeLessThan(5_000);
  });

  test("a closed queue refuses, and closing twice is harmless", async () => {
    const queue = await suite.open();
    await queue[Symbol.asyncDispose]();
    await queue[Symbol.asyncDispose]();
    await expect(queue.addBulk([deliver("1")])).rejects.toMatchObject({ reason: "queue_closed" });
    expect(await queue.ping(100)).toBe(false);
    expect(() => queue.work("webhook.deliver", async () => undefined)).toThrow(AppError);
  });
}
