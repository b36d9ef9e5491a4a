import { mkdir, realpath } from "node:fs/promises";
import { join, resolve } from "node:path";
import { AppError } from "../errors.ts";
import type { Log } from "../log.ts";
import { databaseUrl, chooseAddress, removeSocketDir } from "./embedded/address.ts";
import type { Cluster } from "./embedded/cluster.ts";
import { APP_DATABASE, APP_ROLE, ensureDatabase, loadPassword } from "./embedded/ensure-database.ts";
import { explainFailure } from "./embedded/explain-failure.ts";
import { findBinaries } from "./embedded/find-binaries.ts";
import { ADMIN_ROLE, initCluster } from "./embedded/init-cluster.ts";
import { lockDataDir } from "./embedded/lock-data-dir.ts";
import { chooseServerUser } from "./embedded/server-user.ts";
import { POSTGRES_SETTINGS } from "./embedded/settings.ts";
import type { Settings } from "./embedded/settings.ts";
import { superviseServer } from "./embedded/supervise-server.ts";

export type StartEmbeddedPostgresOptions = {
  /** Made if need be. The cluster is its `postgres`, the server's log its `postgres.log`. */
  dataDir: string;
  log: Log;
  /** Listen on this port of 127.0.0.1, with a password (0: any free one); without it only on a private Unix socket. */
  port?: number;
  /** On top of {@link POSTGRES_SETTINGS}. */
  settings?: Settings;
};

/** A running server. Disposing of it stops it. */
export type EmbeddedPostgres = AsyncDisposable & {
  /** For `pg`: the program's own role and database. Stays the same when the server is started again. */
  readonly url: string;
  /** The superuser, for maintenance. */
  readonly adminUrl: string;
  /** The postmaster's, which changes when it had to be started again. */
  readonly pid: number;
  /** Stops the server (at most 19 s) and lets another process have the data directory. */
  stop(): Promise<void>;
};

/**
 * Starts PostgreSQL on a data directory, whatever state the last run left it in: none, half made, running without a
 * master, crashed. While it runs, a server that dies is started again at the same URL.
 * @throws AppError `conflict` when another Parley uses the directory; `unavailable` with the reason, a way out and
 * PostgreSQL's last words when it cannot be installed, made or started.
 */
export async function startEmbeddedPostgres(
  options: StartEmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  try {
    return await start(options);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw explainFailure(
      `The embedded database in ${resolve(options.dataDir)} could not be started`,
      "",
      error,
    );
  }
}

async function start(options: StartEmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const started = performance.now();
  await mkdir(options.dataDir, { recursive: true, mode: 0o700 });
  const dataDir = await realpath(options.dataDir);
  await using cleanup = new AsyncDisposableStack();
  cleanup.use(await lockDataDir(dataDir, options.log));

  const cluster = await openCluster(dataDir);
  const settings = { ...POSTGRES_SETTINGS, ...options.settings };
  const tcp = options.port !== undefined || process.platform === "win32";
  const password = tcp ? await loadPassword(join(dataDir, "postgres.password")) : undefined;
  await initCluster(cluster, {
    sync: settings["fsync"] === "on",
    ...(process.platform === "win32" && password !== undefined && { adminPassword: password }),
  });

  const address = await chooseAddress(cluster, options.port);
  cleanup.defer(() => removeSocketDir(address));
  const adminUrl = databaseUrl(
    { ...address, tcp: address.socketDir === undefined },
    ADMIN_ROLE,
    "postgres",
    password,
  );
  const server = cleanup.use(
    await superviseServer({ cluster, address, adminUrl, settings, log: options.log }),
  );
  await ensureDatabase(adminUrl, password);
  const tookMs = Math.round(performance.now() - started);
  options.log.info(
    { pid: server.pid, version: cluster.binaries.version, tookMs },
    "the embedded database runs",
  );

  const running = cleanup.move();
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= running.disposeAsync());
  return {
    url: databaseUrl(address, APP_ROLE, APP_DATABASE, password),
    adminUrl,
    get pid() {
      return server.pid;
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function openCluster(dataDir: string): Promise<Cluster> {
  const dir = join(dataDir, "postgres");
  const user = await chooseServerUser(dir);
  return { dir, logFile: join(dataDir, "postgres.log"), binaries: await findBinaries(user), user };
}
