import { execFile } from "node:child_process";
import { chmodSync, statSync, writeFileSync } from "node:fs";
import { mkdir, readFile, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isAlive } from "../../src/db/embedded/postmaster-file.ts";
import {
  commentIds,
  copyOf,
  emptyDir,
  insertComment,
  makeDataDir,
  query,
  start,
} from "./embedded-fixture.ts";

let made: string;
beforeAll(async () => {
  made = await makeDataDir();
});
afterAll(async () => await rm(made, { recursive: true, force: true }));

describe("a start", () => {
  test("makes the cluster, and the next finds what the last committed", async () => {
    const dataDir = await emptyDir();
    const first = await start({ dataDir });
    await query(first.url, "create table comment (id int primary key)");
    await insertComment(first.url, 7);
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);
    expect(await readdir(join(dataDir, "postgres"))).not.toContain("postmaster.pid");

    const second = await start({ dataDir });
    expect(await commentIds(second.url)).toEqual([7]);
  });

  test("gives an ordinary role, a UTF-8 database with checksums, and no TCP", async () => {
    const { url } = await start({ dataDir: await copyOf(made) });
    const [row] = await query(
      url,
      `select current_user as role, rolsuper as super, current_database() as database,
        pg_encoding_to_char(encoding) as encoding, datlocprovider as provider, datlocale as locale,
        current_setting('data_checksums') as checksums, current_setting('listen_addresses') as tcp,
        upper('ä') as upper
       from pg_database, pg_roles where datname = current_database() and rolname = current_user`,
    );
    expect(row).toEqual({
      role: "parley",
      super: false,
      database: "parley",
      encoding: "UTF8",
      provider: "b",
      locale: "C.UTF-8",
      checksums: "on",
      tcp: "",
      upper: "Ä",
    });
  });

  test("keeps what makes an acknowledged comment durable on", async () => {
    const { url } = await start({ dataDir: await copyOf(made) });
    const settings = ["fsync", "synchronous_commit", "full_page_writes", "zero_damaged_pages"];
    const rows = await query(
      url,
      "select name, setting from pg_settings where name = any($1) order by name",
      [settings],
    );
    expect(Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))).toEqual({
      fsync: "on",
      synchronous_commit: "on",
      full_page_writes: "on",
      zero_damaged_pages: "off",
    });
  });

  test("lets nobody else near the data, the socket and the log", async () => {
    const dataDir = await copyOf(made);
    const { url } = await start({ dataDir });
    const socketDir = new URL(url).searchParams.get("host") ?? "";
    for (const path of [join(dataDir, "postgres"), socketDir])
      expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(statSync(join(dataDir, "postgres.log")).mode & 0o777).toBe(0o600);
  });

  test("works beside another, in a directory too deep for a socket", async () => {
    const deep = join(await emptyDir(), "d".repeat(100), "e".repeat(100));
    await mkdir(deep, { recursive: true });
    await copyOf(made, deep);
    const one = await start({ dataDir: await copyOf(made) });
    const other = await start({ dataDir: deep });
    await insertComment(one.url, 2);
    await insertComment(other.url, 3);
    expect(await commentIds(one.url)).toEqual([1, 2]);
    expect(await commentIds(other.url)).toEqual([1, 3]);
  });

  test("listens on 127.0.0.1 when asked to, for those who know the password", async () => {
    const dataDir = await copyOf(made);
    const { url } = await start({ dataDir, port: 0 });
    expect(statSync(join(dataDir, "postgres.password")).mode & 0o777).toBe(0o600);
    expect(new URL(url).hostname).toBe("127.0.0.1");
    expect(await commentIds(url)).toEqual([1]);
    const wrong = new URL(url);
    wrong.password = "wrong";
    await expect(commentIds(wrong.href)).rejects.toThrow(/password authentication failed/);
  });

  test("writes no value of a failed statement to the log", async () => {
    const dataDir = await copyOf(made);
    const { url } = await start({ dataDir });
    const address = "reader@example.org";
    await query(url, "create table reader (email text primary key)");
    await query(url, "insert into reader values ($1)", [address]);
    await expect(query(url, "insert into reader values ($1)", [address])).rejects.toThrow(/duplicate key/);
    await expect(query(url, `select '${address}'::int`)).rejects.toThrow(/invalid input/);
    const text = await readFile(join(dataDir, "postgres.log"), "utf8");
    expect(text).toMatch(/duplicate key/);
    expect(text).not.toContain("insert into reader");
  });
});

describe("what cannot work says so", () => {
  test("another major version's data", async () => {
    const dataDir = await copyOf(made);
    writeFileSync(join(dataDir, "postgres", "PG_VERSION"), "17\n");
    await expect(start({ dataDir })).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringMatching(/was made by PostgreSQL 17, and the embedded one is 18/),
    });
  });

  test("a directory that is something else", async () => {
    const dataDir = await emptyDir();
    await mkdir(join(dataDir, "postgres"));
    writeFileSync(join(dataDir, "postgres", "notes.txt"), "mine");
    await expect(start({ dataDir })).rejects.toThrow(/is not a PostgreSQL data directory.*move it away/);
    expect(await readdir(join(dataDir, "postgres"))).toEqual(["notes.txt"]);
  });

  test("a server that does not start: with its own last words, and the directory is free again", async () => {
    const dataDir = await copyOf(made);
    const settings = { shared_buffers: "plenty" };
    await expect(start({ dataDir, settings })).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringMatching(
        /did not start.*PostgreSQL says:\n.*invalid value.*"shared_buffers": "plenty"/s,
      ),
    });
    expect(await commentIds((await start({ dataDir })).url)).toEqual([1]);
  });

  test("a data directory that cannot be made", async () => {
    const file = join(await emptyDir(), "file");
    writeFileSync(file, "");
    await expect(start({ dataDir: join(file, "data") })).rejects.toThrow(
      /in .*file\/data could not be started.*ENOTDIR/,
    );
  });
});

describe.skipIf(process.getuid?.() !== 0)("as root", () => {
  test("PostgreSQL runs as another user, in a directory that this user cannot enter", async () => {
    const dataDir = await copyOf(made);
    chmodSync(dataDir, 0o700);
    const server = await start({ dataDir });
    expect(statSync(dataDir).uid).toBe(0);
    expect(statSync(`/proc/${server.pid}`).uid).not.toBe(0);
    expect(await commentIds(server.url)).toEqual([1]);
  });

  test("a cluster that root restored, and so owns, is given to that user", async () => {
    const dataDir = await copyOf(made);
    await promisify(execFile)("chown", ["-R", "0:0", join(dataDir, "postgres")]);
    expect(await commentIds((await start({ dataDir })).url)).toEqual([1]);
  });
});
