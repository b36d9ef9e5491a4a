import { createHash, randomUUID } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";
import { Client } from "pg";
import { inject } from "vitest";
import { migrate } from "../../src/db/migrate.ts";

export { startTestServer } from "./test-server.ts";
export type { TestServer } from "./test-server.ts";

/** A database of one's own on the run's server, owned by an ordinary role. Disposing of it drops it. */
export type TestDatabase = AsyncDisposable & { url: string };

export type OpenTestDatabaseOptions = {
  /** False: empty, for tests of the migrations themselves. */
  migrated?: boolean;
};

const OWNER = "parley";
const MIGRATIONS = new URL("../../src/db/migrations/", import.meta.url);

/** A fresh database, cloned from one that the first caller of the run migrated; takes some 30 ms. */
export async function openTestDatabase(options: OpenTestDatabaseOptions = {}): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  const template = options.migrated === false ? "template0" : await ensureTemplate();
  await asAdmin((admin) =>
    admin.query(`create database ${name} template ${template} strategy file_copy owner ${OWNER}`),
  );
  return {
    url: urlOf(name, OWNER),
    async [Symbol.asyncDispose]() {
      await asAdmin((admin) => admin.query(`drop database if exists ${name} with (force)`));
    },
  };
}

/** Named after the migrations' contents: with `--watch` the server stays while they change. */
async function ensureTemplate(): Promise<string> {
  const template = `template_${await hashMigrations()}`;
  await asAdmin(async (admin) => {
    await admin.query("select pg_advisory_lock(hashtext($1))", [template]);
    const { rows } = await admin.query<{ datistemplate: boolean }>(
      "select datistemplate from pg_database where datname = $1",
      [template],
    );
    if (rows[0]?.datistemplate === true) return;
    await admin.query(`drop database if exists ${template} with (force)`);
    await admin.query(`create database ${template} template template0 strategy file_copy owner ${OWNER}`);
    await migrate(urlOf(template, OWNER));
    await admin.query(`alter database ${template} with is_template true allow_connections false`);
  });
  return template;
}

async function hashMigrations(): Promise<string> {
  const hash = createHash("sha256");
  for (const name of (await readdir(MIGRATIONS)).toSorted()) {
    hash.update(name).update(await readFile(new URL(name, MIGRATIONS)));
  }
  return hash.digest("hex").slice(0, 16);
}

async function asAdmin(work: (admin: Client) => Promise<unknown>): Promise<void> {
  const admin = new Client({ connectionString: inject("testServerUrl") });
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.end();
  }
}

function urlOf(database: string, role: string): string {
  const url = new URL(inject("testServerUrl"));
  url.username = role;
  url.pathname = `/${database}`;
  return url.href;
}
