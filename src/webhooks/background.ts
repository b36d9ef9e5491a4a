import type { Log } from "../log.ts";
import { settlesWithin } from "../queue/deadline.ts";

/** Work that outlives the job it came with, so that no queue worker waits for it. */
export type Background = {
  /** Aborted when nothing more may be started. */
  readonly stopping: AbortSignal;
  /** Aborted when what is unfinished is left to others: from then on it must write nothing. */
  readonly abandoned: AbortSignal;
  /** Takes over a promise; its failure is logged. Whoever adds bounds how much there is. */
  add(work: Promise<void>): void;
  stop(): void;
  /** Stops, and waits for what is under way. Past `timeoutMs` abandons it; tells whether everything was finished. */
  drain(timeoutMs: number): Promise<boolean>;
};

export function createBackground(log: Log, failure: string): Background {
  const stopping = new AbortController();
  const abandoned = new AbortController();
  const running = new Set<Promise<void>>();

  const settle = async () => {
    while (running.size > 0) await Promise.all(running);
  };

  return {
    stopping: stopping.signal,
    abandoned: abandoned.signal,
    add(work) {
      const tracked = work
        .catch((error: unknown) => log.warn({ err: error }, failure))
        .finally(() => running.delete(tracked));
      running.add(tracked);
    },
    stop: () => stopping.abort(),
    async drain(timeoutMs) {
      stopping.abort();
      const finished = await settlesWithin(settle(), timeoutMs);
      if (!finished) abandoned.abort();
      return finished;
    },
  };
}
