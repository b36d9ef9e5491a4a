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
  const { error } = await migrator(db).migrateToLatest();
  if (error) throw new AppError("unavailable", "The database could not be migrated.", { cause: error });
}

/** Names of the migrations that a database still lacks; empty when it is ready. */
export async function pendingMigrations({ kysely }: Database): Promise<string[]> {
  const all = await migrator(kysely).getMigrations();
  return all.filter((migration) => migration.executedAt === undefined).map((migration) => migration.name);
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
    const names = (await readdir(MIGRATIONS)).filter((name) => name.endsWith(".sql"));
    const entries = names.map(async (name): Promise<[string, Migration]> => {
      const text = await readFile(new URL(name, MIGRATIONS), "utf8");
      return [name.slice(0, -4), { up: async (db) => void (await sql.raw(text).execute(db)) }];
    });
    return Object.fromEntries(await Promise.all(entries));
  }
}
