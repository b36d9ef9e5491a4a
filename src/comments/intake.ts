import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import { insertComments, type NewComment } from "./store/insert.ts";

/** A prepared submission, its `comment.submitted` event included. */
export type Submission = { row: NewComment };

/** Inserted, or left out by the statement (a repeat, a closed thread, a missing parent, an author being made elsewhere). */
type IntakeResult = "inserted" | "left_out";

/** Puts prepared submissions into the store; resolves once their transaction is committed. */
export type Intake = AsyncDisposable & { put(submission: Submission): Promise<IntakeResult> };

/** Submissions per transaction. */
const GROUP_MAX = 64;
/** Transactions on their way at once: one writes while the next one's commit is being flushed. */
const IN_FLIGHT_MAX = 2;
/** As many must wait before a transaction starts beside another: each costs as much as writing several comments more. */
const BESIDE_MIN = 16;
/** One that takes longer than this is held up by something; the others need not be, however few. */
const BESIDE_AFTER_MS = 50;
/** Submissions that may wait in memory; past that callers are told to come back. */
const WAITING_MAX = 5_000;

type Waiting = Submission & { resolve: (result: IntakeResult) => void; reject: (error: unknown) => void };

/**
 * Group commit: requests that arrive while a transaction is on its way share the next one. At rest a comment waits for
 * nobody. Every caller hears only after its own commit; a failed group is a failure for each of its callers.
 */
export function createIntake(ctx: () => Context): Intake {
  const waiting: Waiting[] = [];
  // No Set: one that much passes through keeps it alive, see http/listen.ts.
  const inFlight: Promise<void>[] = [];
  let lastStartMs = 0;
  let planned = false;

  const mayStart = () => {
    if (waiting.length === 0 || inFlight.length >= IN_FLIGHT_MAX) return false;
    return (
      inFlight.length === 0 ||
      waiting.length >= BESIDE_MIN ||
      performance.now() - lastStartMs > BESIDE_AFTER_MS
    );
  };

  const plan = () => {
    if (planned || !mayStart()) return;
    planned = true;
    // The requests of one turn of the event loop go together.
    setImmediate(() => {
      planned = false;
      if (!mayStart()) return;
      lastStartMs = performance.now();
      const flight = write(ctx(), waiting.splice(0, GROUP_MAX)).finally(() => {
        void inFlight.splice(inFlight.indexOf(flight), 1);
        plan();
      });
      inFlight.push(flight);
      plan();
    });
  };

  return {
    put(submission) {
      if (waiting.length >= WAITING_MAX) return Promise.reject(tooBusy());
      return new Promise((resolve, reject) => {
        waiting.push({ ...submission, resolve, reject });
        plan();
      });
    },
    async [Symbol.asyncDispose]() {
      while (inFlight.length > 0 || waiting.length > 0) {
        await Promise.all(inFlight);
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
    },
  };
}

async function write(ctx: Context, group: Waiting[]): Promise<void> {
  try {
    const { comments, deliveries } = await insertComments(
      ctx.db,
      group.map(({ row }) => row),
    );
    for (const { row, resolve } of group) resolve(comments.has(row.id) ? "inserted" : "left_out");
    const requestId = group.find(({ row }) => comments.has(row.id))?.row.requestId ?? undefined;
    if (comments.size > 0) ctx.dispatch("comment.check", [...comments], requestId);
    if (deliveries.length > 0) ctx.dispatch("webhook.deliver", deliveries);
  } catch (error) {
    for (const { reject } of group) reject(error);
  }
}

function tooBusy(): AppError {
  return new AppError("unavailable", "Too many comments are arriving just now. Please try again.", {
    reason: "intake_full",
    retryAfterSeconds: 2,
  });
}
