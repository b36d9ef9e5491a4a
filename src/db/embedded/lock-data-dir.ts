import { accessSync, constants, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type * as sqliteModule from "node:sqlite";
import type { Log } from "../../log.ts";
import { AppError } from "../../errors.ts";

// A process that was just killed may need a moment until the kernel has let go of its files.
const LOCK_TRIES_MAX = 20;
const LOCK_RETRY_MS = 50;
const SQLITE_BUSY = 5;

/** Dispose to let the next process in. */
export type DataDirLock = Disposable;

/**
 * Makes this process the only Parley on a data directory. The lock is the operating system's own file lock (by way of
 * an empty SQLite file, which is how Node can reach one): it ends with the process however that ends, and it is seen
 * between containers that share a volume, where process ids are not.
 * @param options.wait false: do not give a process that is just ending a second for it.
 * @throws AppError `conflict`, reason `data_dir_in_use`, when another process holds it.
 */
export async function lockDataDir(
  dataDir: string,
  log: Log,
  options: { wait?: boolean } = {},
): Promise<DataDirLock> {
  const pidFile = join(dataDir, "parley.pid");
  for (let tries = 1; ; tries += 1) {
    const lock = tryLock(join(dataDir, "parley.lock"), log);
    if (lock !== undefined) {
      writeFileSync(pidFile, `${process.pid}\n`);
      return lock;
    }
    if (options.wait === false || tries >= LOCK_TRIES_MAX) throw inUse(dataDir, pidFile);
    await delay(LOCK_RETRY_MS);
  }
}

/** Undefined when another has it. Where nothing can be locked, PostgreSQL's own lock file has to be enough. */
function tryLock(file: string, log: Log): DataDirLock | undefined {
  // A Node built without SQLite has no such module, whatever the types say.
  const sqlite: typeof sqliteModule | undefined = process.getBuiltinModule("node:sqlite");
  let database: sqliteModule.DatabaseSync | undefined;
  try {
    database = new sqlite.DatabaseSync(file);
    database.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    database?.close();
    if (error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY) return undefined;
    log.warn({ err: error }, "the data directory cannot be locked: start only one Parley on it");
    return { [Symbol.dispose]: () => undefined };
  }
  // SQLite also "locks" a file that it may only read, but against nobody. (Never open it: closing would unlock it.)
  accessSync(file, constants.W_OK);
  return { [Symbol.dispose]: () => database.close() };
}

function inUse(dataDir: string, pidFile: string): AppError {
  const pid = readPid(pidFile);
  const who = pid === undefined ? "" : ` (pid ${pid})`;
  return new AppError(
    "conflict",
    `Another Parley is using ${dataDir}${who}. Stop it, or give this one its own DATA_DIR.`,
    { reason: "data_dir_in_use", details: pid === undefined ? {} : { pid } },
  );
}

function readPid(pidFile: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(pidFile, "utf8"), 10);
    return Number.isNaN(pid) ? undefined : pid;
  } catch {
    return undefined;
  }
}
