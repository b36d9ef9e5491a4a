import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { copyBinaries, isReachable } from "../../src/db/embedded/copy-binaries.ts";
import { explainFailure } from "../../src/db/embedded/explain-failure.ts";
import { findBinaries } from "../../src/db/embedded/find-binaries.ts";
import { logFileEnd, openLogFile, readLogTail, rotateLogFile } from "../../src/db/embedded/log-file.ts";

const run = promisify(execFile);
const NOBODY = { uid: 65_534, gid: 65_534 };
const MEBIBYTE = 1024 * 1024;

describe.skipIf(process.getuid?.() !== 0)("programs that only root can reach", () => {
  test("are copied to where the server's user can run them, once", async () => {
    const dir = makeDir();
    const found = await findBinaries(undefined);
    const root = join(dir, "checkout", "native");
    await mkdir(join(dir, "checkout"), { mode: 0o700 });
    await run("cp", ["-a", found.root, root]);
    const hidden = { ...found, root, postgres: join(root, "bin", "postgres") };
    expect(await isReachable(hidden.postgres, NOBODY)).toBe(false);

    const copies = join(dir, "copies");
    await mkdir(copies, { mode: 0o755 });
    const copy = await copyBinaries(hidden, NOBODY, [join(dir, "missing"), copies]);
    expect(copy.startsWith(copies)).toBe(true);
    const program = join(copy, "bin", "postgres");
    expect(await isReachable(program, NOBODY)).toBe(true);
    const { stdout } = await run(program, ["--version"], { ...NOBODY, cwd: "/" });
    expect(stdout).toMatch(/^postgres \(PostgreSQL\) 18\./);

    const { ino } = statSync(copy);
    expect(await copyBinaries(hidden, NOBODY, [copies])).toBe(copy);
    expect(statSync(copy).ino).toBe(ino);
  });

  test("are not taken from a directory that others can write", async () => {
    const dir = makeDir();
    const found = await findBinaries(undefined);
    const planted = join(dir, `parley-postgres-${found.version}`);
    await mkdir(planted);
    chmodSync(planted, 0o777);
    await expect(copyBinaries(found, NOBODY, [dir])).rejects.toMatchObject({
      reason: "embedded_postgres_root",
    });
  });
});

describe("the server's log", () => {
  test("keeps to its limit, in place, with one older file", () => {
    const file = join(makeDir(), "postgres.log");
    writeFileSync(file, Buffer.alloc(5 * MEBIBYTE, "a"));
    rotateLogFile(file);
    expect(statSync(file).size).toBe(5 * MEBIBYTE);

    const fd = openLogFile(file);
    writeFileSync(fd, "over\n");
    rotateLogFile(file);
    writeFileSync(fd, "next\n");
    expect(readFileSync(file, "utf8")).toBe("next\n");
    expect(statSync(`${file}.1`).size).toBe(5 * MEBIBYTE + 5);
  });

  test("gives its last lines since a mark, at most 12", () => {
    const file = join(makeDir(), "postgres.log");
    writeFileSync(file, "of the last run\n");
    const mark = logFileEnd(file);
    writeFileSync(file, Array.from({ length: 20 }, (_, n) => `line ${n}\n`).join(""), { flag: "a" });
    expect(readLogTail(file, mark).split("\n")).toEqual(
      Array.from({ length: 12 }, (_, n) => `line ${n + 8}`),
    );
    expect(readLogTail(file, logFileEnd(file))).toBe("");
  });
});

describe("a failure is explained", () => {
  test.each([
    ["FATAL:  could not write lock file: No space left on device", /the disk is full/],
    ["could not create directory: Read-only file system", /read-only/],
    ["initdb: could not look up effective user ID 1234: user does not exist", /\/etc\/passwd/],
    ["EPERM: operation not permitted, chown '/data/postgres.init-x'", /root may not become another user/],
    ["FATAL:  data directory has wrong ownership", /user who owns DATA_DIR/],
    ["postgres: error while loading shared libraries: libicu.so.60: cannot open", /set DATABASE_URL/],
    ["FATAL:  could not map anonymous shared memory: Cannot allocate memory", /not enough memory/],
  ])("%s", (output, hint) => {
    const error = explainFailure("The embedded database did not start", output, new Error("exited"));
    expect(error).toMatchObject({ code: "unavailable", message: expect.stringMatching(hint) });
    expect(error.message).toContain(output);
  });

  test("without words of PostgreSQL, by the reason", () => {
    const reason = Object.assign(new Error("spawn /x/postgres ENOENT"), { code: "ENOENT" });
    expect(explainFailure("It did not start", "", reason).message).toMatch(
      /need glibc.*\(spawn \/x\/postgres ENOENT\)/,
    );
  });
});

function makeDir(): string {
  const dir = mkdtempSync(join(tmpdir(), "parley-test-parts-"));
  chmodSync(dir, 0o755);
  onTestFinished(async () => await rm(dir, { recursive: true, force: true }));
  return dir;
}
