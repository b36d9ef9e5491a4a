import { readFile, readdir } from "node:fs/promises";
import { Kysely, PostgresDialect, sql } from "kysely";
import { type Migration, type MigrationProvider, Migrator } from "kysely/migration";
import { Pool } from "pg";
import { AppError } from "../errors.ts";
import type { Database } from "./database.ts";

const MIGRATIONS = new URL("./migrations/", import.meta.url);

/** Brings a database up to the latest schema; safe to run from several processes at once (advisory lock). */
export async function migrate(databaseUrl: string): Promise<void> {
  await using db = openForMigration(databaseUrl);
  if (await isCurrent(db)) return;
  const { error } = await migrator(db).migrateToLatest();
  if (error) throw new AppError("unavailable", "The database could not be migrated.", { cause: error });
}

/** Names of the migrations that a database still lacks; empty when it is ready. */
export async function pendingMigrations({ kysely }: Database): Promise<string[]> {
  const all = await migrator(kysely).getMigrations();
  return all.filter((migration) => migration.executedAt === undefined).map((migration) => migration.name);
}

/** At most starts nothing is to be done, and one query tells; whatever is amiss is for the migrator to say. */
async function isCurrent(db: Kysely<unknown>): Promise<boolean> {
  const [wanted, done] = await Promise.all([
    listFiles(),
    sql<{ name: string }>`select name from kysely_migration`.execute(db).catch(() => ({ rows: [] })),
  ]);
  const names = new Set(done.rows.map(({ name }) => name));
  return names.size === wanted.length && wanted.every((file) => names.has(nameOf(file)));
}

function openForMigration(databaseUrl: string): Kysely<unknown> {
  const pool = new Pool({ connectionString: databaseUrl, max: 1 });
  // A connection that is lost, idle or in use, fails the next query, and must not end the process.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));
  return new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
}

function migrator<Schema>(db: Kysely<Schema>): Migrator {
  return new Migrator({ db, provider: new SqlFiles() });
}

/** Each `NNNN_name.sql` is one migration; there is no way down, only a next file. */
class SqlFiles implements MigrationProvider {
  async getMigrations(): Promise<Record<string, Migration>> {
    const entries = (await listFiles()).map(async (file): Promise<[string, Migration]> => {
      const text = await readFile(new URL(file, MIGRATIONS), "utf8");
      return [nameOf(file), { up: async (db) => void (await sql.raw(text).execute(db)) }];
    });
    return Object.fromEntries(await Promise.all(entries));
  }
}

async function listFiles(): Promise<string[]> {
  return (await readdir(MIGRATIONS)).filter((file) => file.endsWith(".sql"));
}

function nameOf(file: string): string {
  return file.slice(0, -".sql".length);
}
