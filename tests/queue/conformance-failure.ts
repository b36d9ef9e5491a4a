import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Queue as BullQueue } from "bullmq";
import { expect, test } from "vitest";
import { PermanentJobError } from "../../src/queue/queue.ts";
import type { JobMeta } from "../../src/queue/queue.ts";
import type { Suite } from "./conformance.ts";
import { deliver, FAST_RETRIES, newPrefix, NOTHING, WAIT } from "./support.ts";

export function testFailure(suite: Suite): void {
  test("a job that fails is tried again after a growing wait, then is among the failed with its reason", async () => {
    await using queue = await suite.open({ jobOptions: FAST_RETRIES });
    const tries: (Pick<JobMeta, "attempt" | "lastAttempt"> & { at: number })[] = [];
    queue.work("webhook.deliver", async (_, { attempt, lastAttempt }) => {
      tries.push({ attempt, lastAttempt, at: performance.now() });
      throw new Error("the receiver is away");
    });
    const before = Date.now();
    await queue.addBulk([deliver("7")]);
    await expect.poll(() => queue.counts("webhook.deliver"), WAIT).toMatchObject({ failed: 1 });
    expect(tries).toMatchObject([
      { attempt: 1, lastAttempt: false },
      { attempt: 2, lastAttempt: false },
      { attempt: 3, lastAttempt: true },
    ]);
    const waits = tries.slice(1).map(({ at }, index) => at - (tries[index]?.at ?? 0));
    expect(waits[0]).toBeGreaterThanOrEqual(18);
    expect(waits[1]).toBeGreaterThanOrEqual(38);
    const failed = await queue.failed("webhook.deliver", { limit: 10 });
    expect(failed).toEqual([
      {
        jobId: expect.any(String),
        payload: { ids: ["7"] },
        reason: "the receiver is away",
        attempts: 3,
        failedAt: expect.any(Date),
      },
    ]);
    expect(failed[0]?.failedAt.getTime()).toBeGreaterThanOrEqual(before);
  });

  test("a job that succeeds at its second try is done", async () => {
    await using queue = await suite.open({ jobOptions: FAST_RETRIES });
    const attempts: number[] = [];
    queue.work("webhook.deliver", async (_, { attempt }) => {
      attempts.push(attempt);
      if (attempt === 1) throw new Error("not yet");
    });
    await queue.addBulk([deliver("1")]);
    await expect.poll(() => attempts, WAIT).toEqual([1, 2]);
    await expect.poll(() => queue.counts("webhook.deliver"), WAIT).toEqual(NOTHING);
  });

  test("a permanent error is not tried again", async () => {
    await using queue = await suite.open({ jobOptions: FAST_RETRIES });
    let tries = 0;
    queue.work("webhook.deliver", async () => {
      tries += 1;
      throw new PermanentJobError(`gone for good ${"x".repeat(1_000)}`);
    });
    await queue.addBulk([deliver("1")]);
    await expect.poll(() => queue.counts("webhook.deliver"), WAIT).toMatchObject({ failed: 1, delayed: 0 });
    const [failed] = await queue.failed("webhook.deliver", { limit: 1 });
    expect(failed).toMatchObject({ attempts: 1, reason: expect.stringMatching(/^gone for good x{486}$/) });
    expect(tries).toBe(1);
  });

  test("a payload of another version that does not parse fails at once, and the worker goes on", async () => {
    const prefix = newPrefix();
    await using queue = await suite.open({ prefix });
    const seen: unknown[] = [];
    queue.work("webhook.deliver", async (payload) => void seen.push(payload));
    await addRaw(suite, prefix, [{ ids: "all of them" }, { ids: ["1"], addedLater: true }]);
    await expect.poll(() => seen, WAIT).toEqual([{ ids: ["1"] }]);
    await expect.poll(() => queue.counts("webhook.deliver"), WAIT).toMatchObject({ failed: 1, delayed: 0 });
    expect(await queue.failed("webhook.deliver", { limit: 5 })).toMatchObject([
      { attempts: 1, reason: expect.stringContaining("does not parse"), payload: { ids: "all of them" } },
    ]);
    expect(await queue.retryFailed("webhook.deliver", "all")).toBe(0);
  });

  test("failed jobs are handed over again, some or all, with all their attempts", async () => {
    await using queue = await suite.open({ jobOptions: { ...FAST_RETRIES, attempts: 2 } });
    let broken = true;
    const done: { id: string | undefined; attempt: number }[] = [];
    queue.work("webhook.deliver", async ({ ids: [id] }, { attempt }) => {
      if (broken) throw new Error("broken");
      done.push({ id, attempt });
    });
    await queue.addBulk(["1", "2", "3"].map((id) => deliver(id)));
    await expect.poll(() => queue.counts("webhook.deliver"), WAIT).toMatchObject({ failed: 3 });
    expect(await queue.failed("webhook.deliver", { limit: 2 })).toHaveLength(2);
    broken = false;
    const [first] = await queue.failed("webhook.deliver", { limit: 3 });
    const chosen = [first?.jobId ?? "", "no such job"];
    expect(await queue.retryFailed("webhook.deliver", chosen)).toBe(1);
    await expect.poll(() => done, WAIT).toMatchObject([{ attempt: 1 }]);
    expect(await queue.retryFailed("webhook.deliver", "all")).toBe(2);
    await expect.poll(() => done.map(({ id }) => id).toSorted(), WAIT).toEqual(["1", "2", "3"]);
    await expect.poll(() => queue.counts("webhook.deliver"), WAIT).toEqual(NOTHING);
  });

  test("a try that takes too long is aborted and counts as failed", async () => {
    await using queue = await suite.open({ jobOptions: { ...FAST_RETRIES, attempts: 2, timeoutMs: 50 } });
    let aborts = 0;
    queue.work("webhook.deliver", async (_, { signal }) => {
      signal.addEventListener("abort", () => (aborts += 1));
      await new Promise(() => undefined);
    });
    await queue.addBulk([deliver("1")]);
    await expect.poll(() => queue.counts("webhook.deliver"), WAIT).toMatchObject({ failed: 1, active: 0 });
    expect(aborts).toBe(2);
    const [failed] = await queue.failed("webhook.deliver", { limit: 1 });
    expect(failed).toMatchObject({ attempts: 2, reason: "took longer than 50 ms" });
  });

  test("the job of a worker that was killed is taken up by another", async () => {
    const prefix = newPrefix();
    const jobOptions = { lockMs: 1_000, stalledIntervalMs: 300 };
    await using queue = await suite.open({ prefix, jobOptions });
    await queue.addBulk([deliver("13")]);
    const script = fileURLToPath(new URL("stalling-worker.ts", import.meta.url));
    const doomed = spawn(
      process.execPath,
      [script, JSON.stringify({ engine: suite.backend.engine, prefix, jobOptions })],
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    const [said] = await once(doomed.stdout, "data");
    expect(String(said)).toBe("took 13\n");
    doomed.kill("SIGKILL");
    await once(doomed, "exit");
    const seen: unknown[] = [];
    queue.work("webhook.deliver", async ({ ids }, { attempt }) => void seen.push({ ids, attempt }));
    await expect.poll(() => seen, WAIT).toEqual([{ ids: ["13"], attempt: 1 }]);
  });

  test("draining finishes what is in hand and takes nothing more", async () => {
    await using queue = await suite.open();
    const started = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    const done: string[] = [];
    const worker = queue.work(
      "webhook.deliver",
      async ({ ids }) => {
        started.resolve();
        await finish.promise;
        done.push(...ids);
      },
      { concurrency: 1 },
    );
    await queue.addBulk([deliver("1"), deliver("2")]);
    await started.promise;
    const drained = worker.drain(5_000);
    finish.resolve();
    expect(await drained).toBe(true);
    expect(done).toEqual(["1"]);
    expect(await queue.counts("webhook.deliver")).toMatchObject({ waiting: 1, active: 0 });
  });

  test("draining that takes too long aborts what is in hand, which another worker takes up", async () => {
    await using queue = await suite.open({ jobOptions: FAST_RETRIES });
    const started = Promise.withResolvers<void>();
    const aborted: string[] = [];
    const worker = queue.work("webhook.deliver", async (_, { signal }) => {
      signal.addEventListener("abort", () => aborted.push(String(signal.reason)));
      started.resolve();
      await new Promise(() => undefined);
    });
    await queue.addBulk([deliver("1")]);
    await started.promise;
    expect(await worker.drain(50)).toBe(false);
    expect(aborted).toEqual([expect.stringContaining("shutting down")]);
    const seen: number[] = [];
    queue.work("webhook.deliver", async (_, { attempt }) => void seen.push(attempt));
    await expect.poll(() => seen, WAIT).toEqual([2]);
  });
}

/** Puts payloads into the queue past the contract, as a newer or broken version would. */
async function addRaw(suite: Suite, prefix: string, payloads: unknown[]): Promise<void> {
  const engine = await suite.backend.openEngine(prefix);
  const raw = new BullQueue(engine.queueName("webhook.deliver"), { connection: {} }, engine.openProducer);
  await raw.addBulk(
    payloads.map((data) => ({ name: "webhook.deliver", data, opts: { removeOnComplete: true } })),
  );
  await raw.close();
  await engine.close(1_000);
}
