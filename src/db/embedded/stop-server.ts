import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import type { Cluster } from "./cluster.ts";
import { isAlive } from "./postmaster-file.ts";

const POLL_MS = 5;
const STEPS = [
  // Ends sessions, writes a checkpoint; then without the checkpoint; then as a crash would. All keep what was committed.
  { signal: "SIGINT", timeoutMs: 10_000 },
  { signal: "SIGQUIT", timeoutMs: 7_000 },
  { signal: "SIGKILL", timeoutMs: 2_000 },
] as const;

/** Stops a server, ours or an orphan, within 19 s; returns when its process is gone. */
export async function stopServer(cluster: Cluster, pid: number): Promise<void> {
  if (process.platform === "win32") return await stopOnWindows(cluster);
  for (const { signal, timeoutMs } of STEPS) {
    sendSignal(pid, signal);
    if (await isGoneWithin(pid, timeoutMs)) return;
  }
}

/** A process that is gone already is no error. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone, which is what was wanted.
  }
}

export async function isGoneWithin(pid: number, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (isAlive(pid)) {
    if (performance.now() > deadline) return false;
    await delay(POLL_MS);
  }
  return true;
}

/** Windows has no signals; PostgreSQL listens on a named pipe instead, which pg_ctl knows. */
async function stopOnWindows(cluster: Cluster): Promise<void> {
  const pgCtl = join(dirname(cluster.binaries.postgres), "pg_ctl.exe");
  await promisify(execFile)(pgCtl, ["stop", "-w", "-m", "fast", "-t", "20", "-D", cluster.dir]).catch(
    () => undefined,
  );
}
