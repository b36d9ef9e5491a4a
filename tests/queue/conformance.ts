import { afterAll, beforeAll, describe } from "vitest";
import { createLog } from "../../src/log.ts";
import type { Engine } from "../../src/queue/bullmq-engine.ts";
import { openQueue } from "../../src/queue/open-queue.ts";
import type { OpenQueueOptions } from "../../src/queue/open-queue.ts";
import type { Queue } from "../../src/queue/queue.ts";
import { testDelivery } from "./conformance-delivery.ts";
import { testFailure } from "./conformance-failure.ts";
import { testOutage } from "./conformance-outage.ts";
import type { Relay } from "./relay.ts";
import { ENQUEUE_TIMEOUT_MS, newPrefix } from "./support.ts";

/** A running backend, reached through a relay that the tests may cut. */
export type TestBackend = AsyncDisposable & {
  engine: OpenQueueOptions["engine"];
  /** The engine itself, to put into the queue what the contract would refuse. */
  openEngine(prefix: string): Promise<Engine>;
  relay: Relay;
};

export type Suite = {
  readonly backend: TestBackend;
  /** A queue of the test's own. */
  open(options?: Partial<OpenQueueOptions>): Promise<Queue>;
};

/** What every backend of the queue must do; see the types in `src/queue/queue.ts`. */
export function queueConformance(name: string, openBackend: () => Promise<TestBackend>): void {
  describe(`queue on ${name}`, () => {
    let opened: TestBackend | undefined;
    beforeAll(async () => {
      opened = await openBackend();
    });
    afterAll(async () => await opened?.[Symbol.asyncDispose]());

    const suite: Suite = {
      get backend() {
        if (!opened) throw new Error("the backend is not open yet");
        return opened;
      },
      open: async (options = {}) =>
        await openQueue({
          engine: suite.backend.engine,
          log: createLog({ level: "silent" }),
          prefix: newPrefix(),
          enqueueTimeoutMs: ENQUEUE_TIMEOUT_MS,
          ...options,
        }),
    };
    testDelivery(suite);
    testFailure(suite);
    testOutage(suite);
  });
}
