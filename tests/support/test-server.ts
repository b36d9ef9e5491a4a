import { mkdtemp, readdir, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { startEmbeddedPostgres } from "../../src/db/embedded.ts";
import type { EmbeddedPostgres } from "../../src/db/embedded.ts";
import { lockDataDir } from "../../src/db/embedded/lock-data-dir.ts";
import { isAlive, readPostmasterFile, worksIn } from "../../src/db/embedded/postmaster-file.ts";
import { isGoneWithin, sendSignal } from "../../src/db/embedded/stop-server.ts";
import { createLog } from "../../src/log.ts";

/** A PostgreSQL server of one's own, to kill. Disposing of it deletes its data. */
export type TestServer = EmbeddedPostgres & {
  readonly dataDir: string;
  /** After `stop()`, with the same data at the same URL. A server that is killed comes back by itself. */
  restart(): Promise<void>;
};

const PREFIX = "parley-test-server-";
const SHARED_MEMORY = "/dev/shm";
const SHARED_MEMORY_BYTES_MIN = 2 * 1024 ** 3;
const MANY_CLIENTS = { max_connections: "200", max_wal_size: "256MB" };
const NOT_DURABLE = { fsync: "off", full_page_writes: "off" };
const SERVER_END_MS = 10_000;
const log = createLog({ level: "error" });

/**
 * Starts a server with an empty data directory of its own. Without fsync, and in memory where there is plenty, unless
 * `durable` or PARLEY_TEST_FSYNC=1: killing a process loses nothing so, only switching off the machine does.
 */
export async function startTestServer(options: { durable?: boolean } = {}): Promise<TestServer> {
  await removeLeftovers();
  const durable = options.durable ?? process.env["PARLEY_TEST_FSYNC"] === "1";
  const dataDir = await makeTestDataDir(durable);
  const settings = { ...MANY_CLIENTS, ...(durable ? {} : NOT_DURABLE) };
  let server = await startEmbeddedPostgres({ dataDir, log, settings });
  return {
    dataDir,
    url: server.url,
    adminUrl: server.adminUrl,
    get pid() {
      return server.pid;
    },
    stop: () => server.stop(),
    async restart() {
      server = await startEmbeddedPostgres({ dataDir, log, settings });
    },
    async [Symbol.asyncDispose]() {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** An empty directory, which the next run's {@link startTestServer} removes if this process does not. */
export async function makeTestDataDir(durable = false): Promise<string> {
  const parent = !durable && (await hasSharedMemory()) ? SHARED_MEMORY : tmpdir();
  return await mkdtemp(join(parent, `${PREFIX}${process.pid}-`));
}

async function hasSharedMemory(): Promise<boolean> {
  if (process.platform !== "linux") return false;
  const found = await statfs(SHARED_MEMORY).catch(() => undefined);
  return found !== undefined && found.bavail * found.bsize >= SHARED_MEMORY_BYTES_MIN;
}

/** What killed runs left: the maker's pid is in the name, and a server that outlived it has let go of the lock. */
async function removeLeftovers(): Promise<void> {
  const parents = [SHARED_MEMORY, tmpdir()];
  const lists = parents.map(async (parent) => {
    const names = await readdir(parent).catch(() => []);
    return names.filter((name) => name.startsWith(PREFIX)).map((name) => join(parent, name));
  });
  for (const dataDir of (await Promise.all(lists)).flat()) {
    const maker = Number.parseInt(basename(dataDir).slice(PREFIX.length), 10);
    if (isAlive(maker)) continue;
    try {
      using _lock = await lockDataDir(dataDir, log, { wait: false });
      await removeTestDataDir(dataDir);
    } catch {
      // In use by another run, or another user's.
    }
  }
}

/** Deletes a data directory, having ended the server that may still be at work in it. */
export async function removeTestDataDir(dataDir: string): Promise<void> {
  const cluster = join(dataDir, "postgres");
  const file = readPostmasterFile(cluster);
  if (file !== undefined && worksIn(file.pid, cluster)) {
    sendSignal(file.pid, "SIGQUIT");
    await isGoneWithin(file.pid, SERVER_END_MS);
  }
  if (file !== undefined && file.socketDir !== "") await rm(file.socketDir, { recursive: true, force: true });
  await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
}
