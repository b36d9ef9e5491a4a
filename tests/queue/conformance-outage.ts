import { expect, test } from "vitest";
import { AppError } from "../../src/errors.ts";
import { createLog } from "../../src/log.ts";
import { JOBS_PENDING_MAX, JOBS_PER_CALL_MAX } from "../../src/queue/queue.ts";
import type { Suite } from "./conformance.ts";
import { deliver, ENQUEUE_TIMEOUT_MS, NOTHING, tryToAdd, WAIT } from "./support.ts";

/** After a hang first the commands that were swallowed must time out. */
const RECOVERY = { timeout: 25_000, interval: 50 };
/** For a machine that has other things to do. */
const SLACK_MS = 6_000;

export function testOutage(suite: Suite): void {
  test("while the backend refuses, adding fails fast; once it is back, adding and workers go on", async () => {
    const lines: string[] = [];
    const log = createLog({ level: "warn", destination: { write: (line) => void lines.push(line) } });
    await using queue = await suite.open({ log });
    const seen: string[] = [];
    queue.work("webhook.deliver", async ({ ids }) => void seen.push(...ids));
    queue.work("comment.check", async () => undefined);
    await queue.addBulk([deliver("1")]);
    await expect.poll(() => seen, WAIT).toEqual(["1"]);
    expect(await queue.ping(1_000)).toBe(true);

    await suite.backend.relay.down();
    try {
      const started = performance.now();
      const refused = Array.from({ length: 20 }, async () => await queue.addBulk([deliver("2")]));
      for (const { reason } of (await Promise.allSettled(refused)) as PromiseRejectedResult[]) {
        expect(reason).toBeInstanceOf(AppError);
        expect(reason).toMatchObject({ code: "unavailable", reason: "queue_unavailable" });
      }
      expect(performance.now() - started).toBeLessThan(ENQUEUE_TIMEOUT_MS + SLACK_MS);
      expect(await queue.ping(100)).toBe(false);
      await expect(queue.counts("webhook.deliver")).rejects.toMatchObject({ code: "unavailable" });
    } finally {
      await suite.backend.relay.up();
    }

    await expect.poll(() => tryToAdd(queue, "3"), WAIT).toBe("added");
    await expect.poll(() => seen, WAIT).toContain("3");
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThan(10);
  });

  test("while the backend hangs, adding fails in time and takes no more than it can hold", async () => {
    const enqueueTimeoutMs = 1_500;
    await using queue = await suite.open({ enqueueTimeoutMs });
    const seen: string[] = [];
    queue.work("webhook.deliver", async ({ ids }) => void seen.push(...ids));
    await queue.addBulk([deliver("1")]);
    await expect.poll(() => seen, WAIT).toEqual(["1"]);

    suite.backend.relay.hang();
    try {
      const started = performance.now();
      const full = Array.from({ length: JOBS_PER_CALL_MAX }, () => deliver("2"));
      const calls = Promise.allSettled(
        Array.from({ length: JOBS_PENDING_MAX / JOBS_PER_CALL_MAX }, async () => await queue.addBulk(full)),
      );
      await expect(queue.addBulk([deliver("2")])).rejects.toMatchObject({ reason: "queue_full" });
      expect((await calls).map(({ status }) => status)).not.toContain("fulfilled");
      expect(performance.now() - started).toBeLessThan(enqueueTimeoutMs + SLACK_MS);
      expect(await queue.ping(100)).toBe(false);
    } finally {
      await suite.backend.relay.up();
    }
    await expect.poll(() => tryToAdd(queue, "3"), RECOVERY).toBe("added");
    await expect.poll(() => seen.includes("3"), RECOVERY).toBe(true);
  });

  test("a worker can be drained while the backend is away", async () => {
    await using queue = await suite.open();
    const worker = queue.work("webhook.deliver", async () => undefined);
    await queue.addBulk([deliver("1")]);
    await expect.poll(() => queue.counts("webhook.deliver"), WAIT).toEqual(NOTHING);
    await suite.backend.relay.down();
    try {
      const started = performance.now();
      await worker.drain(200);
      expect(performance.now() - started).toBeLessThan(200 + SLACK_MS);
      await queue[Symbol.asyncDispose]();
    } finally {
      await suite.backend.relay.up();
    }
  });
}
