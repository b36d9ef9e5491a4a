import { readFileSync, readdirSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { Cluster } from "./cluster.ts";
import { worksIn } from "./postmaster-file.ts";
import { sendSignal } from "./stop-server.ts";

const GRACE_MS = 200;

/**
 * Ends the workers of a server that was killed: they notice its death only at their next pause, and until the last is
 * gone PostgreSQL rightly refuses to start. Nothing they do can be committed any more. Elsewhere than on Linux it only
 * gives them time.
 */
export async function endLeftovers(cluster: Cluster): Promise<void> {
  for (const signal of ["SIGQUIT", "SIGKILL"] as const) {
    for (const pid of findWorkers(cluster)) sendSignal(pid, signal);
    await delay(GRACE_MS);
  }
}

function findWorkers(cluster: Cluster): number[] {
  if (process.platform !== "linux") return [];
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => isPostgres(pid) && worksIn(pid, cluster.dir));
}

function isPostgres(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim() === "postgres";
  } catch {
    return false;
  }
}
