import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, readdirSync, readlinkSync, statSync, writeFileSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { isAlive } from "../../src/db/embedded/postmaster-file.ts";
import { sendSignal } from "../../src/db/embedded/stop-server.ts";
import {
  commentIds,
  copyOf,
  emptyDir,
  insertComment,
  kill,
  launchProcess,
  makeDataDir,
  nextMessage,
  query,
  start,
  startProcess,
} from "./embedded-fixture.ts";

const POLLING = { interval: 5, timeout: 15_000 };

let made: string;
beforeAll(async () => {
  made = await makeDataDir();
});
afterAll(async () => await rm(made, { recursive: true, force: true }));

describe("after a kill -9", () => {
  test("of Node alone, the next takes the running server over", async () => {
    const dataDir = await copyOf(made);
    const first = await startProcess(dataDir);
    await insertComment(first.url, 2);
    await kill(first.child);
    expect(isAlive(first.pid)).toBe(true);

    const second = await start({ dataDir });
    expect(second.pid).toBe(first.pid);
    expect(second.url).toBe(first.url);
    expect(await commentIds(second.url)).toEqual([1, 2]);
    await second.stop();
    expect(isAlive(first.pid)).toBe(false);
  });

  test("of Node alone, a server with other settings is replaced", async () => {
    const dataDir = await copyOf(made);
    const first = await startProcess(dataDir);
    await kill(first.child);
    const second = await start({ dataDir, settings: { work_mem: "5MB" } });
    expect(second.pid).not.toBe(first.pid);
    expect(isAlive(first.pid)).toBe(false);
    expect(await query(second.url, "show work_mem")).toEqual([{ work_mem: "5MB" }]);
    expect(await commentIds(second.url)).toEqual([1]);
  });

  test("of everything, no acknowledged comment is lost", async () => {
    const dataDir = await copyOf(made);
    const first = await startProcess(dataDir);
    const acknowledged: number[] = [1];
    const killed = insertUntilItFails(first.url, acknowledged);
    await vi.waitUntil(() => acknowledged.length >= 100, POLLING);
    process.kill(-first.pid, "SIGKILL");
    await kill(first.child);
    await killed;

    const second = await start({ dataDir });
    expect(second.pid).not.toBe(first.pid);
    const found = await commentIds(second.url);
    expect(found).toEqual(expect.arrayContaining(acknowledged));
    // The one that was under way may have been committed without its answer getting out.
    expect(found.length - acknowledged.length).toBeLessThanOrEqual(1);
  });

  test("of the server alone, it comes back at the same URL by itself", async () => {
    const server = await start({ dataDir: await copyOf(made) });
    const { pid, url } = server;
    process.kill(pid, "SIGKILL");
    await vi.waitUntil(() => server.pid !== pid, POLLING);
    expect(server.url).toBe(url);
    expect(await commentIds(url)).toEqual([1]);
  });

  test("of the server that was taken over, too", async () => {
    const dataDir = await copyOf(made);
    const first = await startProcess(dataDir);
    await kill(first.child);
    const second = await start({ dataDir });
    process.kill(first.pid, "SIGKILL");
    await vi.waitUntil(() => second.pid !== first.pid, POLLING);
    expect(await commentIds(second.url)).toEqual([1]);
  });

  test("a worker that is still busy for the dead server is ended", async () => {
    const dataDir = await copyOf(made);
    const first = await startProcess(dataDir);
    const client = new Client({ connectionString: first.url });
    client.on("error", () => undefined);
    await client.connect();
    const [backend] = (await client.query<{ pid: number }>("select pg_backend_pid() as pid")).rows;
    const busy = client.query("select count(*) from generate_series(1, 100000000000)");
    void busy.catch(() => undefined);
    await vi.waitUntil(() => isBusy(first.url), POLLING);
    await kill(first.child);
    process.kill(first.pid, "SIGKILL");
    expect(isAlive(backend?.pid ?? 0)).toBe(true);

    const second = await start({ dataDir });
    expect(isAlive(backend?.pid ?? 0)).toBe(false);
    expect(await commentIds(second.url)).toEqual([1]);
    await client.end().catch(() => undefined);
  });

  test.each([
    // The shell becomes a sleep that never asks after its child, which so stays a zombie.
    ["a stranger's", "echo $$; exec sleep 60"],
    ["a zombie's", "sleep 0 & echo $!; exec sleep 60"],
  ])("a lock file with %s pid does not stand in the way", async (_, script) => {
    const dataDir = await copyOf(made);
    const first = await startProcess(dataDir);
    process.kill(-first.pid, "SIGKILL");
    await kill(first.child);
    const { uid, gid } = statSync(join(dataDir, "postgres"));
    const shell = spawn("sh", ["-c", script], { uid, gid, cwd: "/" });
    onTestFinished(() => void shell.kill());
    const [pid] = await once(shell.stdout, "data");
    const file = join(dataDir, "postgres", "postmaster.pid");
    writeFileSync(file, readFileSync(file, "utf8").replace(/^\d+/, String(pid).trim()));

    const second = await start({ dataDir });
    expect(await commentIds(second.url)).toEqual([1]);
    expect(shell.exitCode ?? shell.signalCode).toBeNull();
  });

  test.each(["Node alone", "everything"])(
    "of %s during initdb, the next start makes the cluster",
    async (victim) => {
      const dataDir = await emptyDir();
      const child = launchProcess(dataDir, { detached: true });
      const initdb = await vi.waitUntil(() => findInitdb(dataDir), POLLING);
      await kill(child);
      if (victim === "everything") for (const pid of initdb) sendSignal(pid, "SIGKILL");
      expect(existsSync(join(dataDir, "postgres"))).toBe(false);

      const { url } = await start({ dataDir });
      expect(await query(url, "select 1 as one")).toEqual([{ one: 1 }]);
      if (victim === "everything") {
        expect((await readdir(dataDir)).filter((name) => name.startsWith("postgres.init-"))).toEqual([]);
      }
    },
  );
});

describe("one directory, one Parley", () => {
  test("a second process is refused, with the pid of the first, which goes on", async () => {
    const dataDir = await copyOf(made);
    const first = await startProcess(dataDir);
    const second = launchProcess(dataDir);
    expect(await nextMessage(second)).toEqual({
      error: {
        code: "conflict",
        reason: "data_dir_in_use",
        message: expect.stringContaining(`Another Parley is using ${dataDir} (pid ${first.child.pid})`),
      },
    });
    expect(await commentIds(first.url)).toEqual([1]);
  });

  test("two that start at once on an empty directory: one wins", async () => {
    const dataDir = await emptyDir();
    const messages = await Promise.all([launchProcess(dataDir), launchProcess(dataDir)].map(nextMessage));
    expect(messages.filter((message) => message.url !== undefined)).toHaveLength(1);
    expect(messages.filter((message) => message.error?.reason === "data_dir_in_use")).toHaveLength(1);
  });

  test("a stopped one lets the next in, within the same process too", async () => {
    const dataDir = await copyOf(made);
    const first = await start({ dataDir });
    await expect(start({ dataDir })).rejects.toMatchObject({ code: "conflict" });
    await first.stop();
    const second = await start({ dataDir });
    expect(await commentIds(second.url)).toEqual([1]);
  });
});

describe("an end", () => {
  test("by Ctrl-C in the terminal reaches Node only", async () => {
    const { child, pid, url } = await startProcess(await copyOf(made), { detached: true });
    process.kill(-(child.pid ?? 0), "SIGINT");
    expect(await nextMessage(child)).toEqual({ sigint: true });
    expect(isAlive(pid)).toBe(true);
    expect(await commentIds(url)).toEqual([1]);
  });

  test("by process.exit takes the server along", async () => {
    const { child, pid } = await startProcess(await copyOf(made));
    child.send("exit");
    const [code] = await once(child, "exit");
    expect(code).toBe(3);
    await vi.waitUntil(() => !isAlive(pid), POLLING);
  });

  test("by stop ends open sessions and removes the socket's directory", async () => {
    const { child, pid, url } = await startProcess(await copyOf(made));
    const client = new Client({ connectionString: url });
    const ended = new Promise((resolve) => void client.once("end", resolve));
    client.on("error", () => undefined);
    await client.connect();
    child.send("stop");
    await once(child, "exit");
    await ended;
    expect(isAlive(pid)).toBe(false);
    expect(existsSync(new URL(url).searchParams.get("host") ?? "")).toBe(false);
  });

  test("by stop during a crash's aftermath leaves no server behind", async () => {
    const dataDir = await copyOf(made);
    const server = await start({ dataDir });
    process.kill(server.pid, "SIGKILL");
    await server.stop();
    // The dead server's workers go when they notice; a new server would stay.
    await vi.waitUntil(() => processesIn(join(dataDir, "postgres")).length === 0, POLLING);
  });
});

async function insertUntilItFails(url: string, acknowledged: number[]): Promise<void> {
  const client = new Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  try {
    for (let id = 2; ; id += 1) {
      await client.query("insert into comment values ($1)", [id]);
      acknowledged.push(id);
    }
  } catch {
    // The server was killed.
  }
}

async function isBusy(url: string): Promise<boolean> {
  const text = "select from pg_stat_activity where query like 'select count%' and state = 'active'";
  return (await query(url, text)).length > 0;
}

/** The processes at work in an unfinished cluster, initdb and what it started, once its bootstrap is under way. */
function findInitdb(dataDir: string): number[] | undefined {
  const name = readdirSync(dataDir).find((name) => name.startsWith("postgres.init-"));
  if (name === undefined || !existsSync(join(dataDir, name, "global", "pg_control"))) return undefined;
  return processesIn(join(dataDir, name));
}

function processesIn(dir: string): number[] {
  const pids = readdirSync("/proc").filter((entry) => /^\d+$/.test(entry));
  return pids.map(Number).filter((pid) => workingDirectory(pid) === dir);
}

function workingDirectory(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}
