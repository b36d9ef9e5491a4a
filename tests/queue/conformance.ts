import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Queue as BullQueue } from "bullmq";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { AppError } from "../../src/errors.ts";
import { createLog } from "../../src/log.ts";
import type { Engine } from "../../src/queue/bullmq-engine.ts";
import { openQueue } from "../../src/queue/open-queue.ts";
import type { OpenQueueOptions } from "../../src/queue/open-queue.ts";
import { JOBS_PENDING_MAX, JOBS_PER_CALL_MAX, PermanentJobError } from "../../src/queue/queue.ts";
import type { JobMeta, NewJob, Queue } from "../../src/queue/queue.ts";
import type { Relay } from "./relay.ts";

/** A running backend, reached through a relay that the tests may cut. */
export type TestBackend = AsyncDisposable & {
  engine: OpenQueueOptions["engine"];
  /** The engine itself, to put into the queue what the contract would refuse. */
  openEngine(prefix: string): Promise<Engine>;
  relay: Relay;
};

const WAIT = { timeout: 10_000, interval: 10 };
const FAST_RETRIES = { attempts: 3, backoffMs: 20, backoffJitter: 0 };
const ENQUEUE_TIMEOUT_MS = 500;
let prefixes = 0;

/** What every backend of the queue must do; see the types in `src/queue/queue.ts`. */
export function queueConformance(name: string, openBackend: () => Promise<TestBackend>): void {
  describe(`queue on ${name}`, () => {
    let backend: TestBackend;
    beforeAll(async () => {
      backend = await openBackend();
    });
    afterAll(async () => await backend[Symbol.asyncDispose]());

    const open = async (options: Partial<OpenQueueOptions> = {}): Promise<Queue> =>
      await openQueue({
        engine: backend.engine,
        log: createLog({ level: "silent" }),
        prefix: newPrefix(),
        enqueueTimeoutMs: ENQUEUE_TIMEOUT_MS,
        ...options,
      });

    test("a job reaches its handler, with its payload and what is known about it", async () => {
      await using queue = await open();
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
      await expect.poll(() => queue.counts("comment.check"), WAIT).toEqual(EMPTY);
    });

    test("jobs of several names in one call go to their own handlers", async () => {
      await using queue = await open();
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
      await using queue = await open({ prefix, enqueueTimeoutMs: 5_000 });
      await using other = await open({ prefix });
      const seen: string[] = [];
      for (const each of [queue, other])
        each.work("webhook.deliver", async ({ ids }) => void seen.push(...ids));
      const ids = Array.from({ length: JOBS_PER_CALL_MAX }, (_, index) => String(index + 1));
      await queue.addBulk(ids.map((id) => deliver(id)));
      await expect.poll(() => seen.length, WAIT).toBeGreaterThanOrEqual(ids.length);
      await expect.poll(() => queue.counts("webhook.deliver"), WAIT).toEqual(EMPTY);
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
      await using queue = await open();
      const good: NewJob = { name: "comment.check", payload: { ids: [crypto.randomUUID()] } };
      const bad = { name: "comment.check", payload } as NewJob;
      await expect(queue.addBulk([good, bad])).rejects.toMatchObject({ code: "invalid_input" });
      expect(await queue.counts("comment.check")).toEqual(EMPTY);
    });

    test("limits are refused past, by name", async () => {
      await using queue = await open();
      const many = Array.from({ length: JOBS_PER_CALL_MAX + 1 }, () => deliver("1"));
      await expect(queue.addBulk(many)).rejects.toMatchObject({ reason: "too_many_jobs" });
      for (const delayMs of [-1, 0.5, 8 * 86_400_000, Number.NaN]) {
        const job = { ...deliver("1"), options: { delayMs } };
        await expect(queue.addBulk([job])).rejects.toMatchObject({ reason: "bad_delay" });
      }
      await queue.addBulk([]);
      expect(await queue.counts("webhook.deliver")).toEqual(EMPTY);
    });

    test("a job that fails is tried again after a growing wait, then is among the failed with its reason", async () => {
      await using queue = await open({ jobOptions: FAST_RETRIES });
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
      expect(waits[0]).toBeGreaterThanOrEqual(19);
      expect(waits[1]).toBeGreaterThanOrEqual(39);
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
      await using queue = await open({ jobOptions: FAST_RETRIES });
      const attempts: number[] = [];
      queue.work("webhook.deliver", async (_, { attempt }) => {
        attempts.push(attempt);
        if (attempt === 1) throw new Error("not yet");
      });
      await queue.addBulk([deliver("1")]);
      await expect.poll(() => attempts, WAIT).toEqual([1, 2]);
      await expect.poll(() => queue.counts("webhook.deliver"), WAIT).toEqual(EMPTY);
    });

    test("a permanent error is not tried again", async () => {
      await using queue = await open({ jobOptions: FAST_RETRIES });
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
      await using queue = await open({ prefix });
      const seen: unknown[] = [];
      queue.work("webhook.deliver", async (payload) => void seen.push(payload));
      await addRaw(prefix, [{ ids: "all of them" }, { ids: ["1"], addedLater: true }]);
      await expect.poll(() => seen, WAIT).toEqual([{ ids: ["1"] }]);
      await expect.poll(() => queue.counts("webhook.deliver"), WAIT).toMatchObject({ failed: 1, delayed: 0 });
      expect(await queue.failed("webhook.deliver", { limit: 5 })).toMatchObject([
        { attempts: 1, reason: expect.stringContaining("does not parse"), payload: { ids: "all of them" } },
      ]);
      expect(await queue.retryFailed("webhook.deliver", "all")).toBe(0);
    });

    test("failed jobs are handed over again, some or all, with all their attempts", async () => {
      await using queue = await open({ jobOptions: { ...FAST_RETRIES, attempts: 2 } });
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
      await expect.poll(() => queue.counts("webhook.deliver"), WAIT).toEqual(EMPTY);
    });

    test("the job of a worker that was killed is taken up by another", async () => {
      const prefix = newPrefix();
      const jobOptions = { lockMs: 1_000, stalledIntervalMs: 300 };
      await using queue = await open({ prefix, jobOptions });
      await queue.addBulk([deliver("13")]);
      const script = fileURLToPath(new URL("stalling-worker.ts", import.meta.url));
      const doomed = spawn(
        process.execPath,
        [script, JSON.stringify({ engine: backend.engine, prefix, jobOptions })],
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
      await using queue = await open();
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
      await using queue = await open({ jobOptions: FAST_RETRIES });
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

    test("a try that takes too long is aborted and counts as failed", async () => {
      await using queue = await open({ jobOptions: { ...FAST_RETRIES, attempts: 2, timeoutMs: 50 } });
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

    test("no more jobs are in hand at a time than the worker was told", async () => {
      await using queue = await open();
      let active = 0;
      const seen: number[] = [];
      queue.work(
        "webhook.deliver",
        async () => {
          active += 1;
          seen.push(active);
          await new Promise((resolve) => setImmediate(resolve));
          active -= 1;
        },
        { concurrency: 2 },
      );
      await queue.addBulk(Array.from({ length: 40 }, (_, index) => deliver(String(index + 1))));
      await expect.poll(() => seen.length, WAIT).toBe(40);
      expect(Math.max(...seen)).toBeLessThanOrEqual(2);
    });

    test("a delayed job is counted as such and does not come early", async () => {
      await using queue = await open();
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
      expect(came[0]).toBeLessThan(due + 1_000);
    });

    test("counts tell the age of the job next in line, not of the last one", async () => {
      await using queue = await open();
      await queue.addBulk([deliver("1")]);
      const added = Date.now();
      await vi.waitUntil(() => Date.now() - added > 100);
      await queue.addBulk([deliver("2"), deliver("3")]);
      const counts = await queue.counts("webhook.deliver");
      expect(counts).toMatchObject({ waiting: 3, active: 0 });
      expect(counts.oldestWaitingMs).toBeGreaterThan(100);
      expect(counts.oldestWaitingMs).toBeLessThan(5_000);
    });

    test("while the backend refuses, adding fails fast; once it is back, adding and workers go on", async () => {
      const lines: string[] = [];
      const log = createLog({ level: "warn", destination: { write: (line) => void lines.push(line) } });
      await using queue = await open({ log });
      const seen: string[] = [];
      queue.work("webhook.deliver", async ({ ids }) => void seen.push(...ids));
      queue.work("comment.check", async () => undefined);
      await queue.addBulk([deliver("1")]);
      await expect.poll(() => seen, WAIT).toEqual(["1"]);
      expect(await queue.ping(1_000)).toBe(true);

      await backend.relay.down();
      try {
        const started = performance.now();
        const refused = Array.from({ length: 20 }, async () => await queue.addBulk([deliver("2")]));
        for (const { reason } of (await Promise.allSettled(refused)) as PromiseRejectedResult[]) {
          expect(reason).toBeInstanceOf(AppError);
          expect(reason).toMatchObject({ code: "unavailable", reason: "queue_unavailable" });
        }
        expect(performance.now() - started).toBeLessThan(ENQUEUE_TIMEOUT_MS + 400);
        expect(await queue.ping(100)).toBe(false);
        await expect(queue.counts("webhook.deliver")).rejects.toMatchObject({ code: "unavailable" });
      } finally {
        await backend.relay.up();
      }

      await expect
        .poll(
          () =>
            queue.addBulk([deliver("3")]).then(
              () => "added",
              () => "refused",
            ),
          WAIT,
        )
        .toBe("added");
      await expect.poll(() => seen, WAIT).toContain("3");
      expect(lines.length).toBeGreaterThan(0);
      expect(lines.length).toBeLessThan(10);
    });

    test("while the backend hangs, adding fails in time and takes no more than it can hold", async () => {
      const enqueueTimeoutMs = 1_500;
      await using queue = await open({ enqueueTimeoutMs });
      const seen: string[] = [];
      queue.work("webhook.deliver", async ({ ids }) => void seen.push(...ids));
      await queue.addBulk([deliver("1")]);
      await expect.poll(() => seen, WAIT).toEqual(["1"]);

      backend.relay.hang();
      try {
        const started = performance.now();
        const full = Array.from({ length: JOBS_PER_CALL_MAX }, () => deliver("2"));
        const calls = Array.from(
          { length: JOBS_PENDING_MAX / JOBS_PER_CALL_MAX },
          async () => await queue.addBulk(full),
        );
        await expect(queue.addBulk([deliver("2")])).rejects.toMatchObject({ reason: "queue_full" });
        expect(performance.now() - started).toBeLessThan(enqueueTimeoutMs);
        const outcomes = await Promise.allSettled(calls);
        expect(outcomes.map(({ status }) => status)).not.toContain("fulfilled");
        expect(performance.now() - started).toBeLessThan(enqueueTimeoutMs + 1_500);
        expect(await queue.ping(100)).toBe(false);
      } finally {
        await backend.relay.up();
      }
      await expect
        .poll(
          () =>
            queue.addBulk([deliver("3")]).then(
              () => "added",
              () => "refused",
            ),
          RECOVERY,
        )
        .toBe("added");
      await expect.poll(() => seen.includes("3"), RECOVERY).toBe(true);
    });

    test("a worker can be drained while the backend is away", async () => {
      await using queue = await open();
      const worker = queue.work("webhook.deliver", async () => undefined);
      await queue.addBulk([deliver("1")]);
      await expect.poll(() => queue.counts("webhook.deliver"), WAIT).toEqual(EMPTY);
      await backend.relay.down();
      try {
        const started = performance.now();
        await worker.drain(200);
        expect(performance.now() - started).toBeLessThan(4_000);
        await queue[Symbol.asyncDispose]();
      } finally {
        await backend.relay.up();
      }
    });

    test("a closed queue refuses, and closing twice is harmless", async () => {
      const queue = await open();
      await queue[Symbol.asyncDispose]();
      await queue[Symbol.asyncDispose]();
      await expect(queue.addBulk([deliver("1")])).rejects.toMatchObject({ reason: "queue_closed" });
      expect(await queue.ping(100)).toBe(false);
      expect(() => queue.work("webhook.deliver", async () => undefined)).toThrow(AppError);
    });

    /** Puts payloads into the queue past the contract, as a newer or broken version would. */
    async function addRaw(prefix: string, payloads: unknown[]): Promise<void> {
      const engine = await backend.openEngine(prefix);
      const raw = new BullQueue(engine.queueName("webhook.deliver"), { connection: {} }, engine.openProducer);
      await raw.addBulk(
        payloads.map((data) => ({ name: "webhook.deliver", data, opts: { removeOnComplete: true } })),
      );
      await raw.close();
      await engine.close(1_000);
    }
  });
}

const EMPTY = { waiting: 0, active: 0, delayed: 0, failed: 0, oldestWaitingMs: null };
/** After a hang first the commands that were swallowed must time out. */
const RECOVERY = { timeout: 25_000, interval: 50 };

export function deliver(id: string): NewJob<"webhook.deliver"> {
  return { name: "webhook.deliver", payload: { ids: [id] } };
}

/** No two tests share jobs. */
export function newPrefix(): string {
  prefixes += 1;
  return `test-${process.pid}-${prefixes}`;
}
