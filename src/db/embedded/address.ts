import { createHash } from "node:crypto";
import { chown, lstat, mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { once } from "node:events";
import { join } from "node:path";
import { AppError } from "../../errors.ts";
import type { Cluster } from "./cluster.ts";
import type { Settings } from "./settings.ts";

/** Where the server listens: on a private Unix socket and, for those who ask or on Windows, on 127.0.0.1. */
export type Address = {
  socketDir: string | undefined;
  port: number;
  tcp: boolean;
};

const PORT_DEFAULT = 5432;
// sockaddr_un holds 104 bytes on macOS and 108 on Linux, of which `/.s.PGSQL.65535.lock` takes some.
const SOCKET_DIR_BYTES_MAX = 80;

/** @param port undefined: no TCP where there are Unix sockets; 0: a free port. */
export async function chooseAddress(cluster: Cluster, port: number | undefined): Promise<Address> {
  const windows = process.platform === "win32";
  const tcp = windows || port !== undefined;
  return {
    socketDir: windows ? undefined : await makeSocketDir(cluster),
    port: tcp ? port || (await findFreePort()) : PORT_DEFAULT,
    tcp,
  };
}

export function addressSettings(address: Address): Settings {
  return {
    port: String(address.port),
    listen_addresses: address.tcp ? "127.0.0.1" : "",
    unix_socket_directories: address.socketDir ?? "",
    unix_socket_permissions: "0700",
  };
}

/** A URL for any client of the `pg` package. @param password for TCP; the socket's directory is its own guard. */
export function databaseUrl(
  address: Address,
  role: string,
  database: string,
  password: string | undefined,
): string {
  const url = new URL(`postgresql://localhost/${database}?sslmode=disable`);
  url.username = role;
  url.port = String(address.port);
  if (address.tcp) {
    url.hostname = "127.0.0.1";
    url.password = password ?? "";
  } else if (address.socketDir !== undefined) {
    url.searchParams.set("host", address.socketDir);
  }
  return url.href;
}

/** Empties the socket's directory of what a killed server left: its lock names a pid that may be anybody's by now. */
export async function clearSocketDir(cluster: Cluster, address: Address): Promise<void> {
  if (address.socketDir === undefined) return;
  await rm(address.socketDir, { recursive: true, force: true });
  await mkdir(address.socketDir, { mode: 0o700 });
  if (cluster.user !== undefined) await chown(address.socketDir, cluster.user.uid, cluster.user.gid);
}

export async function removeSocketDir(address: Address): Promise<void> {
  if (address.socketDir !== undefined) await rm(address.socketDir, { recursive: true, force: true });
}

/**
 * Not in the data directory, whose path may be too long for a socket and whose file system may have none. The name
 * follows from the data directory's inode: an orphaned server is found again, killed ones leave one directory, not
 * many, and one whose data was deleted under it does not share it with the next.
 */
async function makeSocketDir(cluster: Cluster): Promise<string> {
  const uid = cluster.user?.uid ?? process.getuid?.() ?? 0;
  const { dev, ino } = await stat(cluster.dir);
  const hash = createHash("sha256").update(`${uid}:${dev}:${ino}`).digest("hex").slice(0, 16);
  const problems: unknown[] = [];
  for (const parent of ["/tmp", tmpdir()]) {
    const dir = join(parent, `parley-${hash}`);
    if (Buffer.byteLength(dir) > SOCKET_DIR_BYTES_MAX) continue;
    try {
      return await makePrivateDir(cluster, dir, uid);
    } catch (error) {
      problems.push(error);
    }
  }
  throw new AppError(
    "unavailable",
    `No directory for PostgreSQL's socket: /tmp and ${tmpdir()} will not do.`,
    {
      reason: "embedded_postgres_socket",
      cause: new AggregateError(problems),
    },
  );
}

async function makePrivateDir(cluster: Cluster, dir: string, uid: number): Promise<string> {
  const found = await lstat(dir).catch(() => undefined);
  if (found?.isDirectory() === true && found.uid === uid && (found.mode & 0o077) === 0) return dir;
  // Somebody else took the name first; one that cannot be guessed costs only the tidiness.
  const made = found === undefined ? dir : await mkdtemp(`${dir}-`);
  if (found === undefined) await mkdir(made, { mode: 0o700 });
  if (cluster.user !== undefined) await chown(made, cluster.user.uid, cluster.user.gid);
  return made;
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port was bound");
  return address.port;
}
