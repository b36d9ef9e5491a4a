import type { Context } from "../src/context.ts";
import type { Worker } from "../src/queue/queue.ts";
import { createAttemptRecorder } from "../src/webhooks/attempt-recorder.ts";
import { createBackground } from "../src/webhooks/background.ts";
import { deliverWebhooks } from "../src/webhooks/deliver.ts";
import { type JobHandler, runJob } from "./run-job.ts";

const NAME = "webhook.deliver";

/**
 * `webhook.deliver`: claims up to 50 deliveries and hands them over to attempts in the background, which the endpoint's places
 * limit. A job takes milliseconds, so a receiver that hangs holds up no other; hence not `WORKER_CONCURRENCY` either.
 */
export function startDeliverWorker(ctx: Context): Worker {
  const attempts = createBackground(
    ctx.log,
    "webhook attempts failed; they are made again once their lease ends",
  );
  const { stopping, abandoned } = attempts;
  const sender = { stopping, abandoned, recorder: createAttemptRecorder(ctx) };
  const handler: JobHandler<typeof NAME> = async (jobCtx, { ids }) => {
    const { finished } = await deliverWebhooks(jobCtx, ids, sender);
    attempts.add(finished);
  };
  const worker = ctx.queue.work(NAME, (payload, meta) => runJob(ctx, { name: NAME, payload, meta, handler }));
  return {
    /** Together within `timeoutMs`. What is not finished then keeps its lease, and another worker takes it after. */
    async drain(timeoutMs) {
      const deadline = performance.now() + timeoutMs;
      attempts.stop();
      const jobsDone = await worker.drain(timeoutMs);
      const sent = await attempts.drain(Math.max(0, deadline - performance.now()));
      return jobsDone && sent;
    },
  };
}
