import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Client } from "pg";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { isAlive } from "../../src/db/embedded/postmaster-file.ts";
import { openTestDatabase, startTestServer } from "./database.ts";

const PROGRAM = fileURLToPath(new URL("./test-server-process.ts", import.meta.url));

test("each database is migrated, its caller's alone, an ordinary role's, and gone afterwards", async () => {
  await using kept = await openTestDatabase();
  const dropped = await openTestDatabase();
  expect(await query(dropped.url, "select to_regclass('comments') is not null as found")).toEqual([
    { found: true },
  ]);
  await query(dropped.url, "create table only_here ()");
  expect(await query(kept.url, "select to_regclass('only_here') as found")).toEqual([{ found: null }]);
  expect(await query(kept.url, "select rolsuper from pg_roles where rolname = current_user")).toEqual([
    { rolsuper: false },
  ]);
  await dropped[Symbol.asyncDispose]();
  await expect(query(dropped.url, "select 1")).rejects.toThrow(/does not exist/);
});

test("an empty database has no tables", async () => {
  await using database = await openTestDatabase({ migrated: false });
  expect(await query(database.url, "select tablename from pg_tables where schemaname = 'public'")).toEqual(
    [],
  );
});

test("a server of one's own keeps its data and its URL over a restart", async () => {
  await using server = await startTestServer();
  const { url } = server;
  await query(url, "create table kept ()");
  await server.stop();
  await expect(query(url, "select 1")).rejects.toThrow();
  await server.restart();
  expect(server.url).toBe(url);
  expect(await query(url, "select count(*)::int as rows from kept")).toEqual([{ rows: 0 }]);
});

test("what a killed run left is ended and deleted by the next", async () => {
  const child = fork(PROGRAM, { execArgv: [] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [message]: unknown[] = await once(child, "message");
  const left = z.object({ dataDir: z.string(), pid: z.number() }).parse(message);
  child.kill("SIGKILL");
  await once(child, "exit");
  await using _next = await startTestServer();
  expect(isAlive(left.pid)).toBe(false);
  expect(existsSync(left.dataDir)).toBe(false);
});

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}
