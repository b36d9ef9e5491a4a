import process from "node:process";
import { readConfig } from "./config.ts";
import { AppError } from "./errors.ts";
import { keepRequestsYoung } from "./keep-young.ts";
import { createLog } from "./log.ts";
import { shrinkHeapOnceQuiet } from "./shrink-heap.ts";
import { startParley } from "./start.ts";
import { printWelcome } from "./welcome.ts";

/** The program: `ROLE=all|http|worker`. Ends by SIGINT or SIGTERM with what is in flight finished; a second signal ends it at once. */
export async function runParley(): Promise<void> {
  try {
    await runUntilSignal();
  } catch (error) {
    const message =
      error instanceof AppError ? error.message : String(error instanceof Error ? error.stack : error);
    process.stderr.write(`${message}\n`);
    process.exitCode = 1;
  }
}

async function runUntilSignal(): Promise<void> {
  const config = readConfig(process.env);
  const log = createLog({ level: config.log.level });
  process.on("unhandledRejection", (error) => log.error({ err: error }, "unhandled rejection"));
  const stopping = Promise.withResolvers<string>();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stopping.resolve(signal));
  const parley = await startParley({ config, log });
  printWelcome(parley);
  keepRequestsYoung();
  void shrinkHeapOnceQuiet();
  const signal = await stopping.promise;
  log.info({ signal }, "finishing what is in flight");
  for (const again of ["SIGINT", "SIGTERM"] as const) process.on(again, () => process.exit(130));
  await parley[Symbol.asyncDispose]();
  log.info("stopped");
}
