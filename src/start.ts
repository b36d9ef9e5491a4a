import type { Config } from "./config.ts";
import type { Context } from "./context.ts";
import { startEmbeddedPostgres } from "./db/embedded.ts";
import { migrate } from "./db/migrate.ts";
import { type DemoAccess, ensureDemo } from "./demo-site.ts";
import { startHttp, startProbes } from "./http/listen.ts";
import type { Log } from "./log.ts";
import { openContext } from "./open-context.ts";
import { loadSecret } from "./secrets.ts";

export type Parley = AsyncDisposable & {
  ctx: Context;
  address: { host: string; port: number };
  demo: DemoAccess | null;
};

/**
 * Starts what the role asks for: database (embedded unless given), migrations, then HTTP and workers.
 * @throws AppError with a sentence for the operator. What was started until then is stopped again.
 */
export async function startParley({ config, log }: { config: Config; log: Log }): Promise<Parley> {
  await using stack = new AsyncDisposableStack();
  const secrets = await loadSecret(config);
  const databaseUrl =
    config.database.kind === "url"
      ? config.database.url
      : stack.use(await startEmbeddedPostgres({ dataDir: config.database.dataDir, log })).url;
  // Opening needs none of the tables, and most of migrating is waiting for the server.
  const migrating = migrate(databaseUrl);
  migrating.catch(() => undefined);
  const opening = openContext({ config, log, databaseUrl, secrets }).catch(async (error: unknown) => {
    // Where the database is away both fail, and it is the migration that can say so.
    await migrating;
    throw error;
  });
  const ctx = stack.use(await opening);
  await migrating;
  const demo = config.demo ? await ensureDemo(ctx) : null;
  // Stopped in reverse: first no new requests, then the workers drain, then queue and database close.
  const workers = stack.use(new AsyncDisposableStack());
  const { address } = stack.use(await (config.role === "worker" ? startProbes(ctx) : startHttp(ctx)));
  // Started last all the same: comments are accepted meanwhile.
  if (config.role !== "http") {
    const { startWorkers } = await import("../workers/index.ts");
    workers.use(startWorkers(ctx));
  }
  const resources = stack.move();
  return { ctx, address, demo, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}
