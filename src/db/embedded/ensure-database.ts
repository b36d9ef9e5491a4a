import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { Client } from "pg";

/** The role and the database that the program works with: an ordinary role, as on anybody's server. */
export const APP_ROLE = "parley";
export const APP_DATABASE = "parley";

const CONNECT_TIMEOUT_MS = 10_000;

/** Makes the program's role and database unless they exist, and sets the role's password if one is given. */
export async function ensureDatabase(adminUrl: string, password: string | undefined): Promise<void> {
  const client = new Client({ connectionString: adminUrl, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  await client.connect();
  try {
    const { rows } = await client.query<{ role: boolean; database: boolean }>(
      `select exists (select from pg_roles where rolname = $1) as role,
              exists (select from pg_database where datname = $2) as database`,
      [APP_ROLE, APP_DATABASE],
    );
    if (rows[0]?.role !== true) await client.query(`create role ${APP_ROLE} login`);
    if (password !== undefined) {
      await client.query(`alter role ${APP_ROLE} password ${client.escapeLiteral(password)}`);
    }
    if (rows[0]?.database !== true) await client.query(`create database ${APP_DATABASE} owner ${APP_ROLE}`);
  } finally {
    await client.end();
  }
}

/** The roles' password for TCP, from a file of mode 0600 that the first call makes. */
export async function loadPassword(file: string): Promise<string> {
  const found = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  if (found.trim() !== "") return found.trim();
  const password = randomBytes(24).toString("base64url");
  await writeFile(file, `${password}\n`, { mode: 0o600 });
  return password;
}
