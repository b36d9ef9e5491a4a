import { spawn } from "node:child_process";
import { once } from "node:events";
import { chown, mkdtemp, open, readFile, readdir, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { AppError } from "../../errors.ts";
import { dataDirArgument, spawnOptions } from "./cluster.ts";
import type { Cluster } from "./cluster.ts";
import { explainFailure } from "./explain-failure.ts";

/** The superuser of the cluster; the program itself works as an ordinary role. */
export const ADMIN_ROLE = "postgres";

export type InitClusterOptions = {
  /** False only for tests: whether the new files are on the disk before the cluster counts as made. */
  sync: boolean;
  /** For Windows, where there is no private socket to trust. */
  adminPassword?: string;
};

/**
 * Makes the cluster unless it exists. It is made aside and moved into place when complete, so that a cluster is there
 * whole or not at all, whenever the process is killed; what killed ones left aside is removed.
 * @throws AppError `unavailable` when `initdb` fails, or when what exists is no cluster or one of another major version.
 */
export async function initCluster(cluster: Cluster, options: InitClusterOptions): Promise<void> {
  await removeUnfinished(cluster);
  if (await exists(cluster)) return;
  const aside = await mkdtemp(`${cluster.dir}.init-`);
  try {
    if (cluster.user !== undefined) await chown(aside, cluster.user.uid, cluster.user.gid);
    await runInitdb(cluster, aside, options);
    await moveIntoPlace(cluster, aside);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

async function removeUnfinished(cluster: Cluster): Promise<void> {
  const prefix = `${basename(cluster.dir)}.init-`;
  const parent = dirname(cluster.dir);
  for (const name of (await readdir(parent)).filter((name) => name.startsWith(prefix))) {
    // An initdb that outlived its Parley may still be writing there; the next start will get it.
    await rm(join(parent, name), { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  }
}

async function exists(cluster: Cluster): Promise<boolean> {
  const text = await readFile(join(cluster.dir, "PG_VERSION"), "utf8").catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw cannotUse(cluster, error);
    },
  );
  if (text === undefined) return false;
  const major = Number.parseInt(text, 10);
  if (major === cluster.binaries.major) return true;
  throw new AppError(
    "unavailable",
    `${cluster.dir} was made by PostgreSQL ${major}, and the embedded one is ${cluster.binaries.major}. Move the data ` +
      `with PostgreSQL ${major}'s pg_dump, or run a PostgreSQL ${major} on it and set DATABASE_URL.`,
    { reason: "embedded_postgres_version" },
  );
}

async function runInitdb(cluster: Cluster, dir: string, options: InitClusterOptions): Promise<void> {
  const args = [
    `--pgdata=${dataDirArgument(cluster, dir)}`,
    `--username=${ADMIN_ROLE}`,
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--data-checksums",
    "--no-instructions",
    // Whoever may enter the socket's directory (mode 0700) owns the data files anyway; TCP needs the password.
    "--auth-local=trust",
    "--auth-host=scram-sha-256",
    ...(options.sync ? [] : ["--no-sync"]),
  ];
  const passwordFile = `${dir}.password`;
  try {
    if (options.adminPassword !== undefined) {
      await writeFile(passwordFile, `${options.adminPassword}\n`, { mode: 0o600 });
      args.push(`--pwfile=${passwordFile}`);
    }
    await run(cluster, dir, args);
  } finally {
    await rm(passwordFile, { force: true });
  }
}

async function run(cluster: Cluster, dir: string, args: string[]): Promise<void> {
  let output = "";
  try {
    const child = spawn(cluster.binaries.initdb, args, {
      ...spawnOptions(cluster, dir),
      stdio: ["ignore", "pipe", "pipe"],
    });
    const collect = (chunk: Buffer) => {
      output = (output + chunk.toString("utf8")).slice(-4096);
    };
    child.stdout?.on("data", collect);
    child.stderr?.on("data", collect);
    const [code] = await once(child, "close");
    if (code !== 0) throw new Error(`initdb ended with ${String(code)}: ${output.trim()}`);
  } catch (error) {
    throw explainFailure("The embedded database could not be made", output, error);
  }
}

async function moveIntoPlace(cluster: Cluster, aside: string): Promise<void> {
  await rmdir(cluster.dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw cannotUse(cluster, error);
  });
  await rename(aside, cluster.dir);
  await syncDirectory(dirname(cluster.dir));
}

async function syncDirectory(dir: string): Promise<void> {
  if (process.platform === "win32") return;
  await using handle = await open(dir);
  await handle.sync();
}

function cannotUse(cluster: Cluster, error: NodeJS.ErrnoException): AppError {
  const why =
    error.code === "EACCES" || error.code === "EPERM"
      ? "belongs to another user: start Parley as the user of the first time"
      : `is not a PostgreSQL data directory (${error.code ?? error.message}): move it away, or change DATA_DIR`;
  return new AppError("unavailable", `${cluster.dir} ${why}.`, {
    reason: "embedded_postgres_data_dir",
    cause: error,
  });
}
