import type { SpawnOptions } from "node:child_process";
import type { Binaries } from "./find-binaries.ts";
import type { ServerUser } from "./server-user.ts";

/** One data directory with what runs it. */
export type Cluster = {
  /** PostgreSQL's own data directory, absolute, without symbolic links above it. */
  dir: string;
  logFile: string;
  binaries: Binaries;
  /** Undefined: the server runs as we do. */
  user: ServerUser | undefined;
};

/**
 * How PostgreSQL is told its data directory. For another user it is named by the working directory, which we enter
 * before becoming that user, who could not walk there: data directories are private to root, and so is /root.
 */
export function dataDirArgument(cluster: Cluster, dir = cluster.dir): string {
  return cluster.user === undefined ? dir : "/proc/self/cwd";
}

/** For any of PostgreSQL's programs. Of the environment they get what programs need to run, and no secret. */
export function spawnOptions(cluster: Cluster, dir = cluster.dir): SpawnOptions {
  return { cwd: dir, env: environment(), windowsHide: true, ...cluster.user };
}

function environment(): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = { LC_ALL: "C" };
  for (const name of [
    "PATH",
    "LD_LIBRARY_PATH",
    "TMPDIR",
    "SystemRoot",
    "TEMP",
    "TMP",
    "COMSPEC",
    "PATHEXT",
  ]) {
    if (process.env[name] !== undefined) environment[name] = process.env[name];
  }
  return environment;
}
