import { JOB_NAMES } from "../queue/jobs.ts";
import { OUTBOX_TOPICS, unpark } from "../queue/outbox.ts";
import type { Command } from "./command.ts";

export const queueRetry: Command = {
  name: "queue retry",
  summary: "try again whatever was parked or failed",
  help: "A running Parley takes it up at once; otherwise the next one that starts.",
  async run(input) {
    await using ctx = await input.open();
    let parked = 0;
    for (const topic of OUTBOX_TOPICS) {
      const keys = await unpark(ctx.db, topic, ctx.clock.now());
      if (keys.length > 0) ctx.dispatch(topic, keys);
      parked += keys.length;
    }
    let jobs = 0;
    for (const name of JOB_NAMES) jobs += await ctx.queue.retryFailed(name, "all");
    process.stdout.write(`Handed over again: ${parked} parked comments, ${jobs} failed jobs.\n`);
    return 0;
  },
};
