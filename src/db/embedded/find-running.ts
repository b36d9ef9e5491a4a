import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { databaseUrl } from "./address.ts";
import { APP_DATABASE, APP_ROLE } from "./ensure-database.ts";
import { isAlive, readPostmasterFile, worksIn } from "./postmaster-file.ts";

/** In `postmaster.pid` the port stands in the fourth line (PostgreSQL, `pidfile.h`, LOCK_FILE_LINE_PORT). */
const PORT_LINE = 3;

/**
 * The URL of the embedded server that another process runs on this data directory, as that process uses it; undefined
 * when none accepts connections there. Takes no lock: the server may be stopped at any time by whoever runs it.
 */
export async function findRunningPostgres(dataDir: string): Promise<string | undefined> {
  const clusterDir = join(dataDir, "postgres");
  const found = readPostmasterFile(clusterDir);
  if (found?.status !== "ready" || !isAlive(found.pid) || !worksIn(found.pid, clusterDir)) return undefined;
  const port = Number((await readText(join(clusterDir, "postmaster.pid"))).split("\n")[PORT_LINE]);
  if (!Number.isInteger(port) || port < 1) return undefined;
  const socketDir = found.socketDir === "" ? undefined : found.socketDir;
  const password = (await readText(join(dataDir, "postgres.password"))).trim();
  return databaseUrl({ socketDir, port, tcp: socketDir === undefined }, APP_ROLE, APP_DATABASE, password);
}

async function readText(file: string): Promise<string> {
  return await readFile(file, "utf8").catch(() => "");
}
