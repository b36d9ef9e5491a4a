// Run as a process of its own, to be killed: takes a job, says so and never finishes it.
import { createLog } from "../../src/log.ts";
import { openQueue } from "../../src/queue/open-queue.ts";
import type { OpenQueueOptions } from "../../src/queue/open-queue.ts";

const options: Pick<OpenQueueOptions, "engine" | "prefix" | "jobOptions"> = JSON.parse(process.argv[2] ?? "");
const queue = await openQueue({ ...options, log: createLog({ level: "silent" }) });
queue.work("webhook.deliver", async ({ ids }) => {
  process.stdout.write(`took ${ids.join()}\n`);
  await new Promise(() => undefined);
});
