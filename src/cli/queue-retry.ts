import { JOB_NAMES } from "../queue/jobs.ts";
import { unpark } from "../queue/outbox.ts";
import type { Command } from "./command.ts";

export const queueRetry: Command = {
  name: "queue retry",
  summary: "try again whatever was parked or failed",
  help: "A running Parley takes it up at once; otherwise the next one that starts.",
  async run(input) {
    await using ctx = await input.open();
    const parked = await unpark(ctx.db, "comment.check", ctx.clock.now());
    if (parked.length > 0) ctx.dispatch("comment.check", parked);
    let jobs = 0;
    for (const name of JOB_NAMES) jobs += await ctx.queue.retryFailed(name, "all");
    process.stdout.write(`Handed over again: ${parked.length} parked comments, ${jobs} failed jobs.\n`);
    return 0;
  },
};
