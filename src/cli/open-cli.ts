import { readConfig } from "../config.ts";
import type { Config } from "../config.ts";
import type { Context } from "../context.ts";
import { findRunningPostgres } from "../db/embedded/find-running.ts";
import { startEmbeddedPostgres } from "../db/embedded.ts";
import { migrate } from "../db/migrate.ts";
import { AppError } from "../errors.ts";
import { createLog, type Log } from "../log.ts";
import { openContext } from "../open-context.ts";
import { loadSecret } from "../secrets.ts";

/** The instance as a command works with it. Disposing of it closes it, and stops the database if it was started for it. */
export type CliContext = Context;

/** A Parley that is just starting, or stopping, holds the data directory while its database does not answer. */
const START_ATTEMPTS_MAX = 15;

/**
 * Opens the instance of an environment, whether or not it is running: commands work on its database beside it. The
 * embedded database is used as it runs, or else started until the command is done.
 * @throws AppError with a sentence for the operator.
 */
export async function openCli(env: NodeJS.ProcessEnv): Promise<CliContext> {
  const config = readConfig(env);
  // Standard output is the command's answer.
  const level = config.log.level === "info" ? "warn" : config.log.level;
  const log = createLog({ level, destination: process.stderr });
  const secrets = await loadSecret(config);
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await openDatabaseServer(config, log));
  // One that runs already was migrated by whoever runs it, perhaps by an older release.
  if (!database.isRunning) await migrate(database.url);
  const ctx = stack.use(await openContext({ config, log, databaseUrl: database.url, secrets }));
  const resources = stack.move();
  return { ...ctx, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

type DatabaseServer = AsyncDisposable & { url: string; isRunning: boolean };

async function openDatabaseServer({ database }: Config, log: Log): Promise<DatabaseServer> {
  if (database.kind === "url")
    return { url: database.url, isRunning: false, [Symbol.asyncDispose]: async () => {} };
  const { dataDir } = database;
  for (let attempt = 1; ; attempt += 1) {
    const url = await findRunningPostgres(dataDir);
    if (url !== undefined) return { url, isRunning: true, [Symbol.asyncDispose]: async () => {} };
    try {
      // Waits a second for the directory.
      const server = await startEmbeddedPostgres({ dataDir, log });
      return { url: server.url, isRunning: false, [Symbol.asyncDispose]: () => server.stop() };
    } catch (error) {
      const isTaken = error instanceof AppError && error.reason === "data_dir_in_use";
      if (!isTaken || attempt >= START_ATTEMPTS_MAX) throw error;
    }
  }
}
