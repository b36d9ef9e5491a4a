import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync } from "node:fs";
import { clearSocketDir } from "./address.ts";
import { spawnOptions } from "./cluster.ts";
import { explainFailure } from "./explain-failure.ts";
import { endLeftovers } from "./leftovers.ts";
import { logFileEnd, openLogFile, readLogTail } from "./log-file.ts";
import { serverArguments, waitUntilReady } from "./server.ts";
import type { RunServerOptions, Server } from "./server.ts";
import { stopServer } from "./stop-server.ts";
import { takeOver } from "./take-over.ts";

const LEFTOVERS_TIMEOUT_MS = 15_000;

/**
 * Takes over the server that an earlier Parley left behind, or starts one. Call only under the data directory's lock.
 * @throws AppError `unavailable` with the last lines of PostgreSQL's log.
 */
export async function runServer(options: RunServerOptions): Promise<Server> {
  return (await takeOver(options)) ?? (await launch(options));
}

async function launch(options: RunServerOptions): Promise<Server> {
  const deadline = performance.now() + LEFTOVERS_TIMEOUT_MS;
  for (;;) {
    const logEnd = logFileEnd(options.cluster.logFile);
    try {
      return await launchOnce(options);
    } catch (error) {
      const said = readLogTail(options.cluster.logFile, logEnd);
      const retry = /pre-existing shared memory block/.test(said) && performance.now() < deadline;
      if (!retry) throw explainFailure("The embedded database did not start", said, error);
      await endLeftovers(options.cluster);
    }
  }
}

async function launchOnce(options: RunServerOptions): Promise<Server> {
  const { cluster, address } = options;
  await clearSocketDir(cluster, address);
  const logFd = openLogFile(cluster.logFile);
  let child: ChildProcess;
  try {
    // A process group of its own: Ctrl-C in the terminal is for us, who stop the database last.
    child = spawn(cluster.binaries.postgres, serverArguments(options), {
      ...spawnOptions(cluster),
      detached: true,
      stdio: ["ignore", logFd, logFd],
    });
  } finally {
    closeSync(logFd);
  }
  const exited = new Promise<void>((resolve) => void child.once("exit", () => resolve()));
  await once(child, "spawn");
  child.unref();
  const pid = child.pid ?? 0;
  try {
    await waitUntilReady(options, pid, exited);
  } catch (error) {
    await stopServer(cluster, pid);
    throw error;
  }
  return { pid, exited };
}
