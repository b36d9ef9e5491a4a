import { setTimeout as delay } from "node:timers/promises";
import type { Log } from "../../log.ts";
import { addressSettings } from "./address.ts";
import type { Address } from "./address.ts";
import { dataDirArgument } from "./cluster.ts";
import type { Cluster } from "./cluster.ts";
import { readPostmasterFile } from "./postmaster-file.ts";
import type { Settings } from "./settings.ts";

/** A server that accepts connections. `exited` resolves when its process is gone, for whatever reason. */
export type Server = { pid: number; exited: Promise<void> };

export type RunServerOptions = {
  cluster: Cluster;
  address: Address;
  /** The superuser's. */
  adminUrl: string;
  settings: Settings;
  log: Log;
};

const READY_POLL_MS = 5;
// A crash may leave 1 GB of write-ahead log to replay; stopping before that is done would only begin it anew.
const READY_TIMEOUT_MS = 600_000;
const READY_REMINDER_MS = 10_000;

/** The command line. The version is in it, so that another version's server is told from ours. */
export function serverArguments({ cluster, address, settings }: RunServerOptions): string[] {
  const name = { cluster_name: `parley-${cluster.binaries.version}` };
  const all = Object.entries({ ...settings, ...addressSettings(address), ...name });
  return ["-D", dataDirArgument(cluster), ...all.flatMap(([key, value]) => ["-c", `${key}=${value}`])];
}

/** Reads the server's own word for it: the status in `postmaster.pid`, as `pg_ctl -w` does. */
export async function waitUntilReady(
  options: RunServerOptions,
  pid: number,
  exited: Promise<void>,
): Promise<void> {
  const { cluster, log } = options;
  let gone = false;
  void exited.then(() => {
    gone = true;
  });
  const started = performance.now();
  for (let reminders = 1; ;) {
    const file = readPostmasterFile(cluster.dir);
    if (file?.pid === pid && file.status === "ready") return;
    if (gone) throw new Error("the database's process ended");
    if (file?.pid === pid && file.status === "stopping") throw new Error("the database is stopping");
    const waitedMs = performance.now() - started;
    if (waitedMs > READY_TIMEOUT_MS) throw new Error("the database took too long to start");
    if (waitedMs > reminders * READY_REMINDER_MS) {
      reminders += 1;
      log.info({ pid, waitedMs: Math.round(waitedMs) }, "the database is still recovering");
    }
    await delay(READY_POLL_MS);
  }
}
