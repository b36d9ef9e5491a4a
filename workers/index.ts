import type { Context } from "../src/context.ts";
import { loadLanguageModel } from "../src/moderation/signals/language.ts";
import { type JobName, JOBS } from "../src/queue/jobs.ts";
import type { Worker } from "../src/queue/queue.ts";
import { checkComment } from "./check-comment.ts";
import { decideCampaign } from "./decide-campaign.ts";
import { consult } from "./consult.ts";
import { startDeliverWorker } from "./deliver-webhook.ts";
import { startExpiry } from "./expire.ts";
import { learn } from "./learn.ts";
import { startAutomationRefresh } from "./refresh-automation.ts";
import { report } from "./report.ts";
import { type JobHandler, runJob } from "./run-job.ts";
import { startSweeper } from "./sweep.ts";
import { startUpgrades } from "./upgrade-models.ts";

/** Every job name has a handler, or this does not compile. */
const STARTERS: Record<JobName, (ctx: Context) => Worker> = {
  "comment.check": (ctx) => startWorker(ctx, "comment.check", checkComment),
  "webhook.deliver": startDeliverWorker,
  "campaign.decide": (ctx) => startWorker(ctx, "campaign.decide", decideCampaign),
  "model.learn": (ctx) => startWorker(ctx, "model.learn", learn),
  // Both wait for others most of the time, so WORKER_CONCURRENCY is not about them.
  "comment.consult": (ctx) => startWorker(ctx, "comment.consult", consult, {}),
  "external.report": (ctx) => startWorker(ctx, "external.report", report, {}),
};

/** Starts a worker per job name and the sweeper; disposing of it drains: what is in flight is finished, nothing new is taken. */
export function startWorkers(ctx: Context): AsyncDisposable {
  // Loaded now and not with the first comment, which would wait for it.
  loadLanguageModel().catch((error: unknown) => ctx.log.warn({ err: error }, "language model not loaded"));
  const workers = Object.values(STARTERS).map((start) => start(ctx));
  const repeated = [startSweeper(ctx), startExpiry(ctx), startAutomationRefresh(ctx), startUpgrades(ctx)];
  return {
    async [Symbol.asyncDispose]() {
      await Promise.all(repeated.map((task) => task[Symbol.asyncDispose]()));
      await Promise.all(workers.map((worker) => worker.drain(ctx.config.shutdownTimeoutMs)));
    },
  };
}

function startWorker<Name extends JobName>(
  ctx: Context,
  name: Name,
  handler: JobHandler<Name>,
  options: { concurrency?: number } = { concurrency: ctx.config.worker.concurrency },
): Worker {
  // What is to be done one at a time stays so, whatever the machine is given to do.
  return ctx.queue.work(
    name,
    (payload, meta) => runJob(ctx, { name, payload, meta, handler }),
    JOBS[name].options.concurrency === 1 ? {} : options,
  );
}
