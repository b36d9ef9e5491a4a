import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** A Parley process of its own, as an operator would start it. */
export type Instance = AsyncDisposable & {
  origin: string;
  pid: number;
  /** Milliseconds from spawn to the first 200 of /healthz. */
  startedMs: number;
  residentMb(): Promise<number>;
};

const START_TIMEOUT_MS = 60_000;

export async function startInstance(env: Record<string, string>): Promise<Instance> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const started = performance.now();
  const child = spawn(process.execPath, ["-r", "./src/require-node.cjs", "src/main.ts"], {
    env: {
      ...process.env,
      LOG_LEVEL: "warn",
      PUBLIC_URL: origin,
      ...env,
      PORT: String(port),
      HOST: "127.0.0.1",
    },
    stdio: ["ignore", "ignore", "inherit"],
  });
  await untilAnswers(origin, child, started);
  const startedMs = performance.now() - started;
  const pid = child.pid ?? 0;
  return {
    origin,
    pid,
    startedMs,
    residentMb: () => residentMb(pid),
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null) return;
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}

async function untilAnswers(origin: string, child: ChildProcess, started: number): Promise<void> {
  while (performance.now() - started < START_TIMEOUT_MS) {
    if (child.exitCode !== null) throw new Error(`Parley ended with ${child.exitCode}`);
    const response = await fetch(`${origin}/healthz`).catch(() => undefined);
    if (response?.ok) return;
    await sleep(5);
  }
  throw new Error("Parley did not answer in time.");
}

export async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address !== null ? address.port : 0;
}
