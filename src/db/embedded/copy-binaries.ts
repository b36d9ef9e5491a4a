import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { lstat, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { AppError } from "../../errors.ts";
import type { Binaries } from "./find-binaries.ts";
import type { ServerUser } from "./server-user.ts";

const run = promisify(execFile);

/** Whether `user` may enter every directory above a program and run it. Access control lists are not looked at. */
export async function isReachable(program: string, user: ServerUser): Promise<boolean> {
  for (let path = program; ; path = dirname(path)) {
    const { uid, gid, mode } = await stat(path);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (dirname(path) === path) return true;
  }
}

/**
 * Copies the programs (60 MB, once per version) out of a checkout that only root may enter, such as one below /root,
 * to a directory that only root can write. For root on Linux. Returns the copy's root.
 * @param parents where to try, in this order; a place whose file system runs no programs will not do.
 * @throws AppError `unavailable` when none will.
 */
export async function copyBinaries(
  binaries: Binaries,
  user: ServerUser,
  parents: string[] = ["/var/lib", "/var/tmp", tmpdir()],
): Promise<string> {
  const problems: unknown[] = [];
  for (const parent of parents) {
    const target = join(parent, `parley-postgres-${binaries.version}`);
    try {
      if (!(await isOurs(target))) await copyTo(binaries, target, user);
      return target;
    } catch (error) {
      problems.push(error);
    }
  }
  throw new AppError(
    "unavailable",
    `PostgreSQL does not run as root, and its other user can neither enter ${binaries.root} nor run a copy of it. ` +
      "Start Parley as a user, move it out of root's home, or set DATABASE_URL.",
    { reason: "embedded_postgres_root", cause: new AggregateError(problems) },
  );
}

/** A complete copy that nobody but root could have changed; anything else under that name is not used. */
async function isOurs(target: string): Promise<boolean> {
  const found = await lstat(target).catch(() => undefined);
  if (found === undefined) return false;
  if (found.isDirectory() && found.uid === 0 && (found.mode & 0o022) === 0) return true;
  throw new Error(`${target} exists and is not root's alone`);
}

async function copyTo(binaries: Binaries, target: string, user: ServerUser): Promise<void> {
  const aside = `${target}.${randomUUID()}`;
  try {
    await run("cp", ["-RP", binaries.root, aside]);
    await run("chmod", ["-R", "u=rwX,go=rX", aside]);
    await run(join(aside, "bin", basename(binaries.postgres)), ["--version"], { ...user, cwd: "/" });
    await rename(aside, target);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}
