import { chown, lstat, readFile, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../errors.ts";

/** Whom PostgreSQL runs as when Parley itself runs as root, which PostgreSQL refuses. */
export type ServerUser = { uid: number; gid: number };

const NOBODY: ServerUser = { uid: 65_534, gid: 65_534 };

/**
 * Undefined unless this process is root: then the owner of an existing cluster, or else the machine's `postgres` or
 * `nobody`. A user with an entry in /etc/passwd is taken since `initdb` asks for its name; none is ever created.
 * @throws AppError `unavailable` for root on another system than Linux.
 */
export async function chooseServerUser(clusterDir: string): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  if (process.platform !== "linux") {
    throw new AppError(
      "unavailable",
      "The embedded PostgreSQL cannot run as root here: start Parley as a user.",
      {
        reason: "embedded_postgres_root",
      },
    );
  }
  const owner = await stat(clusterDir).catch(() => undefined);
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const user = await findUser();
  // A cluster that root copied or restored belongs to root, who cannot run it.
  if (owner !== undefined) await giveTo(clusterDir, user);
  return user;
}

async function findUser(): Promise<ServerUser> {
  const passwd = await readFile("/etc/passwd", "utf8").catch(() => "");
  const users = passwd.split("\n").map((line) => line.split(":"));
  for (const name of ["postgres", "nobody"]) {
    const found = users.find((fields) => fields[0] === name);
    const uid = Number(found?.[2]);
    const gid = Number(found?.[3]);
    if (uid > 0 && gid > 0) return { uid, gid };
  }
  return NOBODY;
}

async function giveTo(dir: string, user: ServerUser): Promise<void> {
  for (const entry of await readdir(dir, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if ((await lstat(path)).isSymbolicLink()) continue;
    await chown(path, user.uid, user.gid);
  }
  await chown(dir, user.uid, user.gid);
}
