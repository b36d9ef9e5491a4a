import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";
import { disownPostmasterFile, isAlive, readPostmasterFile, worksIn } from "./postmaster-file.ts";
import { serverArguments, waitUntilReady } from "./server.ts";
import type { RunServerOptions, Server } from "./server.ts";
import { stopServer } from "./stop-server.ts";

const ORPHAN_POLL_MS = 200;
const ANSWER_TIMEOUT_MS = 3_000;

/**
 * The server that an earlier Parley left running, if it is as the one that we would start; any other is stopped. Then,
 * or when there is none, undefined, and nothing stands in the way of starting one.
 */
export async function takeOver(options: RunServerOptions): Promise<Server | undefined> {
  const { cluster, log } = options;
  const found = readPostmasterFile(cluster.dir);
  if (found === undefined) return undefined;
  if (!isAlive(found.pid) || !worksIn(found.pid, cluster.dir)) {
    disownPostmasterFile(cluster.dir);
    return undefined;
  }
  const exited = pollExit(found.pid);
  if (hasOurArguments(options) && (await answers(options, found.pid, exited))) {
    log.info({ pid: found.pid }, "took over the database that the last run left behind");
    return { pid: found.pid, exited };
  }
  log.info(
    { pid: found.pid },
    "stopping the database that another version or an interrupted run left behind",
  );
  await stopServer(cluster, found.pid);
  disownPostmasterFile(cluster.dir);
  return undefined;
}

async function pollExit(pid: number): Promise<void> {
  while (isAlive(pid)) await delay(ORPHAN_POLL_MS, undefined, { ref: false });
}

/** PostgreSQL keeps its command line in `postmaster.opts`. */
function hasOurArguments(options: RunServerOptions): boolean {
  try {
    const text = readFileSync(join(options.cluster.dir, "postmaster.opts"), "utf8");
    const quoted = serverArguments(options).map((argument) => `"${argument}"`);
    return text.trim().endsWith(` ${quoted.join(" ")}`);
  } catch {
    return false;
  }
}

/** A server says that it is ready until its end is complete: only a session proves that it is. */
async function answers(options: RunServerOptions, pid: number, exited: Promise<void>): Promise<boolean> {
  try {
    await waitUntilReady(options, pid, exited);
    const client = new Client({
      connectionString: options.adminUrl,
      connectionTimeoutMillis: ANSWER_TIMEOUT_MS,
    });
    client.on("error", () => undefined);
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}
