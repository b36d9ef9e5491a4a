import { execFileSync } from "node:child_process";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What a running server says of itself in the `postmaster.pid` of its data directory. */
export type PostmasterFile = {
  pid: number;
  status: "starting" | "ready" | "stopping";
  /** Empty while the server is not yet listening, and where there are no Unix sockets. */
  socketDir: string;
};

/** Undefined when there is none, or one that is being written. Source: PostgreSQL, `miscadmin.h`, LOCK_FILE_LINE_*. */
export function readPostmasterFile(clusterDir: string): PostmasterFile | undefined {
  const lines = readLines(clusterDir);
  const pid = Number.parseInt(lines[0] ?? "", 10);
  if (Number.isNaN(pid) || pid === 0) return undefined;
  const word = lines[7]?.trim() ?? "";
  const status = word === "ready" || word === "stopping" ? word : "starting";
  return { pid: Math.abs(pid), status, socketDir: lines[4]?.trim() ?? "" };
}

function readLines(clusterDir: string): string[] {
  try {
    return readFileSync(join(clusterDir, "postmaster.pid"), "utf8").split("\n");
  } catch {
    return [];
  }
}

/** Whether a process exists, under whatever user; a zombie counts as gone. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
  if (process.platform !== "linux") return true;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(")") + 2));
  } catch {
    return true;
  }
}

/**
 * Whether a living process works in this data directory. A pid alone says nothing: after a reboot, and in a new
 * container always, it may be anybody's.
 */
export function worksIn(pid: number, clusterDir: string): boolean {
  if (pid === process.pid) return false;
  if (process.platform === "linux") return isSameDirectory(`/proc/${pid}/cwd`, clusterDir);
  if (process.platform === "win32") return true;
  try {
    return execFileSync("ps", ["-ww", "-o", "command=", "-p", String(pid)], { encoding: "utf8" }).includes(
      clusterDir,
    );
  } catch {
    return false;
  }
}

function isSameDirectory(one: string, other: string): boolean {
  try {
    const a = statSync(one, { bigint: true });
    const b = statSync(other, { bigint: true });
    return a.dev === b.dev && a.ino === b.ino;
  } catch {
    return false;
  }
}

/**
 * Takes the pid of a zombie or a stranger out of the lock file, which would keep PostgreSQL from starting. The file itself stays, with
 * our own pid in it: PostgreSQL takes its parent's for stale, and then still checks by the shared memory named
 * further down that no worker of the dead server is left. Without a file there is nothing to do.
 */
export function disownPostmasterFile(clusterDir: string): void {
  const lines = readLines(clusterDir);
  if (lines.length === 0) return;
  writeFileSync(join(clusterDir, "postmaster.pid"), [String(process.pid), ...lines.slice(1)].join("\n"));
}
