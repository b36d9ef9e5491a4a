import type { Context } from "../src/context.ts";

/**
 * Does `work` at once and then at every interval, never twice at a time. Its own timer and no job: what mends the queue must
 * not depend on it. Disposing of it waits for the run at hand.
 */
export function repeat(
  ctx: Context,
  { name, intervalMs, work }: { name: string; intervalMs: number; work: (ctx: Context) => Promise<void> },
): AsyncDisposable {
  let running: Promise<void> | undefined;
  const run = async () => {
    try {
      await work(ctx);
    } catch (error) {
      ctx.log.warn({ err: error, task: name }, "repeated task failed; it is tried again");
    }
  };
  const start = () => {
    running ??= run().finally(() => {
      running = undefined;
    });
  };
  start();
  const timer = setInterval(start, intervalMs);
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await running;
    },
  };
}
