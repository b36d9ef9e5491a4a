import { rmSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { Cluster } from "./cluster.ts";
import { rotateLogFile } from "./log-file.ts";
import { readPostmasterFile, worksIn } from "./postmaster-file.ts";
import { runServer } from "./run-server.ts";
import type { RunServerOptions, Server } from "./server.ts";
import { sendSignal, stopServer } from "./stop-server.ts";

/** A server that is kept running until disposed of. */
export type SupervisedServer = AsyncDisposable & { readonly pid: number };

const RESTART_DELAY_MIN_MS = 100;
const RESTART_DELAY_MAX_MS = 5_000;
const LOG_ROTATION_MS = 60_000;

/**
 * Runs the server and, when it dies (killed, out of memory), runs it again, for as long as it takes: the disk that is
 * full now may have room later.
 * @throws what {@link runServer} throws, for the first start only.
 */
export async function superviseServer(options: RunServerOptions): Promise<SupervisedServer> {
  let server = await runServer(options);
  const stopping = new AbortController();
  const { cluster, address, log } = options;
  const rotation = setInterval(() => rotate(options), LOG_ROTATION_MS).unref();
  // For an end without dispose, such as an uncaught error; of a killed process the server outlives, and is taken over.
  const onExit = () => {
    if (worksIn(server.pid, cluster.dir)) sendSignal(server.pid, "SIGINT");
    if (address.socketDir !== undefined) rmSync(address.socketDir, { recursive: true, force: true });
  };
  process.once("exit", onExit);

  const watching = watch();
  async function watch(): Promise<void> {
    for (;;) {
      await server.exited;
      if (stopping.signal.aborted) return;
      log.error({ pid: server.pid }, "the database died and is started again");
      const next = await runAgain(options, stopping.signal);
      if (next === undefined) return;
      server = next;
      // A stop that came meanwhile looked for the server too early. It waits for this, and then ends the server.
      if (stopping.signal.aborted) return;
    }
  }

  return {
    get pid() {
      return server.pid;
    },
    async [Symbol.asyncDispose]() {
      stopping.abort();
      clearInterval(rotation);
      // Nothing else would keep Node running until the end of a child that is not referenced.
      const alive = setInterval(() => undefined, 1_000);
      // A server that is just being started again, which may take its time, ends the wait for it by its own end.
      await stopIfOurs(cluster, readPostmasterFile(cluster.dir)?.pid);
      await watching;
      await stopIfOurs(cluster, server.pid);
      clearInterval(alive);
      process.removeListener("exit", onExit);
    },
  };
}

/** A pid that was noted a while ago, or in a lock file, may be anybody's by now. */
async function stopIfOurs(cluster: Cluster, pid: number | undefined): Promise<void> {
  if (pid !== undefined && worksIn(pid, cluster.dir)) await stopServer(cluster, pid);
}

function rotate({ cluster, log }: RunServerOptions): void {
  try {
    rotateLogFile(cluster.logFile);
  } catch (error) {
    log.warn({ err: error }, "the database's log could not be rotated");
  }
}

/** Undefined when stopped before it succeeded. */
async function runAgain(options: RunServerOptions, signal: AbortSignal): Promise<Server | undefined> {
  for (
    let waitMs = RESTART_DELAY_MIN_MS;
    !signal.aborted;
    waitMs = Math.min(waitMs * 2, RESTART_DELAY_MAX_MS)
  ) {
    try {
      const server = await runServer(options);
      options.log.info({ pid: server.pid }, "the database runs again");
      return server;
    } catch (error) {
      if (signal.aborted) return undefined;
      options.log.error({ err: error, retryInMs: waitMs }, "the database could not be started again");
      await delay(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }
  return undefined;
}
