import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { Agent, request } from "undici";
import { setTimeout as sleep } from "node:timers/promises";

/** A server in a process of its own. Disposing of it ends it. */
export type ServerProcess = AsyncDisposable & {
  origin: string;
  /** Milliseconds from spawn to its first 200. */
  startedMs: number;
  /** Resident memory of the process, code that it shares with others included. */
  residentMb(): Promise<number>;
  /** Processor time that the process has used since its start, microseconds (in steps of 10 ms). */
  cpuMicros(): Promise<number>;
};

export type ServerCommand = {
  /** What Node is to run. */
  args: string[];
  env: Record<string, string>;
  port: number;
  /** Answers 200 as soon as the server is ready. */
  probe: string;
};

/** All that a server gets of our own environment: a DATABASE_URL or REDIS_URL in it concerns nobody here. */
const INHERITED = ["PATH", "HOME", "TMPDIR", "LANG", "NODE_OPTIONS"];
const ROOT = new URL("../../", import.meta.url);
const START_TIMEOUT_MS = 60_000;
const PROBE_EVERY_MS = 2;
/** USER_HZ, which Linux reports processor time in on every architecture that Node supports. */
const TICKS_PER_SECOND = 100;

export async function startServerProcess(command: ServerCommand): Promise<ServerProcess> {
  const origin = `http://127.0.0.1:${command.port}`;
  const started = performance.now();
  const child = spawn(process.execPath, command.args, {
    cwd: ROOT,
    env: { ...inheritedEnv(), ...command.env },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const kill = () => void child.kill("SIGKILL");
  process.once("exit", kill);
  child.once("exit", () => process.removeListener("exit", kill));
  await untilAnswers(origin + command.probe, child, started);
  const startedMs = performance.now() - started;
  const pid = child.pid ?? 0;
  return {
    origin,
    startedMs,
    residentMb: () => residentMb(pid),
    cpuMicros: () => cpuMicros(pid),
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
}

function inheritedEnv(): Record<string, string> {
  return Object.fromEntries(
    INHERITED.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
  );
}

async function untilAnswers(url: string, child: ChildProcess, started: number): Promise<void> {
  const agent = new Agent({ connections: 1 });
  try {
    while (performance.now() - started < START_TIMEOUT_MS) {
      if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode}.`);
      const response = await request(url, { dispatcher: agent }).catch(() => undefined);
      await response?.body.dump();
      if (response?.statusCode === 200) return;
      await sleep(PROBE_EVERY_MS);
    }
    child.kill("SIGKILL");
    throw new Error("The server did not answer in time.");
  } finally {
    await agent.close();
  }
}

async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
}

/** proc(5): fields 14 and 15 of `stat`, counted behind the command's closing bracket. */
async function cpuMicros(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return ((Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND) * 1_000_000;
}
