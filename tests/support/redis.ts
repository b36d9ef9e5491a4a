import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";

/** A Redis of one's own on a free port, that keeps nothing on disk. Disposing of it kills it. */
export type TestRedis = AsyncDisposable & {
  url: string;
  port: number;
  /** Kills it as a crash would; what it held is gone. */
  kill(): Promise<void>;
  /** Starts it again, empty, on the same port. */
  start(): Promise<void>;
};

export type StartRedisOptions = {
  /** Arguments of redis-server, such as `["--cluster-enabled", "yes"]`. */
  args?: string[];
  /** Watches over a master of another test Redis in place of holding data. */
  sentinelOf?: { port: number; name: string };
};

const START_TIMEOUT_MS = 10_000;
const PROGRAMS = ["redis-server", "valkey-server"];
let told = false;

/** The path of redis-server; undefined, saying so once, when there is none. */
export function findRedis(): string | undefined {
  for (const dir of (process.env["PATH"] ?? "").split(delimiter)) {
    for (const program of PROGRAMS) {
      const path = join(dir, program);
      if (isExecutable(path)) return path;
    }
  }
  if (!told) {
    process.stderr.write(
      "Skipped: tests on Redis. redis-server is not on the PATH (apt install redis-server)\n",
    );
  }
  told = true;
  return undefined;
}

export async function startRedis(options: StartRedisOptions = {}): Promise<TestRedis> {
  const program = findRedis();
  if (program === undefined) throw new Error("redis-server is not on the PATH (apt install redis-server)");
  const dir = await mkdtemp(join(tmpdir(), "parley-redis-"));
  // A sentinel keeps its state in its configuration file, which must be there.
  await writeFile(join(dir, "sentinel.conf"), "");
  const port = await findFreePort();
  let running: ChildProcess | undefined;

  const kill = async () => {
    if (running && running.exitCode === null && running.signalCode === null) {
      const exited = once(running, "exit");
      running.kill("SIGKILL");
      await exited;
    }
    running = undefined;
  };
  const start = async () => {
    const child = spawn(program, argumentsOf(options, dir, port), { stdio: ["ignore", "pipe", "inherit"] });
    running = child;
    await waitUntilReady(child);
  };
  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    kill,
    start,
    async [Symbol.asyncDispose]() {
      await kill();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function argumentsOf({ args = [], sentinelOf }: StartRedisOptions, dir: string, port: number): string[] {
  const common = ["--port", String(port), "--bind", "127.0.0.1", "--dir", dir];
  if (sentinelOf === undefined) return [...common, "--save", "", "--appendonly", "no", ...args];
  const { name, port: masterPort } = sentinelOf;
  return [
    join(dir, "sentinel.conf"),
    "--sentinel",
    ...common,
    "--sentinel",
    "monitor",
    name,
    "127.0.0.1",
    String(masterPort),
    "1",
  ];
}

async function waitUntilReady(child: ChildProcess): Promise<void> {
  if (!child.stdout) throw new Error("redis-server has no output");
  const lines = createInterface({ input: child.stdout });
  const timer = setTimeout(() => child.kill("SIGKILL"), START_TIMEOUT_MS);
  const said: string[] = [];
  try {
    for await (const line of lines) {
      if (/Ready to accept connections|Sentinel ID is/.test(line)) return;
      said.push(line);
    }
    throw new Error(`redis-server did not start:\n${said.join("\n")}`);
  } finally {
    clearTimeout(timer);
    // What else it says must not fill the pipe.
    child.stdout.resume();
  }
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (typeof address !== "object" || !address) throw new TypeError("not listening on a port");
  // A cluster's bus takes the port 10,000 above.
  return address.port > 55_535 ? address.port - 10_000 : address.port;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
