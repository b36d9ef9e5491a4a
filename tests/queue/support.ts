import type { NewJob, Queue } from "../../src/queue/queue.ts";

export const WAIT = { timeout: 15_000, interval: 10 };
export const NOTHING = { waiting: 0, active: 0, delayed: 0, failed: 0, oldestWaitingMs: null };
export const FAST_RETRIES = { attempts: 3, backoffMs: 20, backoffJitter: 0 };
export const ENQUEUE_TIMEOUT_MS = 500;

let prefixes = 0;

/** No two tests share jobs. */
export function newPrefix(): string {
  prefixes += 1;
  return `test-${process.pid}-${prefixes}`;
}

export function deliver(id: string): NewJob<"webhook.deliver"> {
  return { name: "webhook.deliver", payload: { ids: [id] } };
}

export async function tryToAdd(queue: Queue, id: string): Promise<"added" | "refused"> {
  return await queue.addBulk([deliver(id)]).then(
    () => "added",
    () => "refused",
  );
}
