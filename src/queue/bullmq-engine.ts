import type { BackendFactory, IQueueBackend, Queue as BullQueue } from "bullmq";
import type { QueueBackend } from "./queue.ts";

/** The connections below BullMQ, and what PostgreSQL and Redis do differently. */
export type Engine = {
  readonly backend: QueueBackend;
  /** For BullMQ's `Queue`: commands that fail fast. All of an engine's queues share its connections. */
  openProducer: Open;
  /** For BullMQ's `Worker`: commands that outlast an outage. */
  openConsumer(): Consumer;
  /** What jobs of this name are filed under. */
  queueName(jobName: string): string;
  /** When the job next in line was added, in epoch milliseconds; null when none waits. */
  oldestWaitingAt(queue: BullJobs): Promise<number | null>;
  /** Rejects when the backend does not answer. */
  ping(): Promise<unknown>;
  close(timeoutMs: number): Promise<void>;
};

/** BullMQ hands the connection option through to its factory; here the engine has connections of its own. */
export type Connection = Record<string, never>;
/** A queue of one job name. */
export type BullJobs = BullQueue<unknown, void, string, unknown, void, string, IQueueBackend, Connection>;
export type Open = BackendFactory<IQueueBackend, Connection>;

export type Consumer = {
  open: Open;
  /** Hangs up, for a worker that cannot close because the backend is away. */
  cut(): void;
};
