import { readdirSync, readFileSync } from "node:fs";
import { sendSignal } from "../../../src/db/embedded/stop-server.ts";

export const POSTGRES_VICTIMS = ["everything", "postmaster", "backend"] as const;
export type PostgresVictim = (typeof POSTGRES_VICTIMS)[number];

/**
 * kill -9 of a server with all its processes, of the postmaster alone (its children end when they notice), or of one child
 * (whereupon the postmaster ends the others and recovers). Linux only.
 */
export function killPostgres(
  postmaster: number,
  victim: PostgresVictim,
  pick: (pids: number[]) => number,
): void {
  const children = childrenOf(postmaster);
  const pids = {
    everything: [postmaster, ...children],
    postmaster: [postmaster],
    backend: children.length > 0 ? [pick(children)] : [postmaster],
  }[victim];
  for (const pid of pids) sendSignal(pid, "SIGKILL");
}

/** Postgres makes each child the leader of a session, so that the process group will not do. */
function childrenOf(parent: number): number[] {
  const pids = readdirSync("/proc").filter((entry) => /^\d+$/.test(entry));
  return pids.map(Number).filter((pid) => parentOf(pid) === parent);
}

/** Fourth field of `/proc/<pid>/stat`, counted from behind the name, which may hold anything. */
function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return undefined;
  }
}
