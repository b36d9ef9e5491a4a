import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const lineSchema = z.looseObject({ level: z.string(), msg: z.string().default("") });
type LogLine = z.output<typeof lineSchema>;

/** Parley as an operator starts it, on one port for all its lives. Disposing of it kills it. */
export type Program = AsyncDisposable & {
  origin: string;
  /** Of the present life; 0 when there is none. */
  readonly pid: number;
  /** What it logged, over all its lives. */
  lines: LogLine[];
  /** What it wrote to stderr in this life, such as the error that ended it. */
  stderr: string[];
  /** Spawns it and does not wait. */
  spawn(): void;
  /** Spawns it unless it runs; resolves when it answers. @throws when it ends by itself or takes too long. */
  start(): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  /** kill -9; resolves when it is gone. */
  kill(): Promise<void>;
  /** Resolves with its exit code, null when a signal ended it. */
  ended(): Promise<number | null>;
};

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const START_TIMEOUT_MS = 30_000;
const POLL_MS = 10;

export async function createProgram(env: Record<string, string>): Promise<Program> {
  const port = await findFreePort();
  const origin = `http://127.0.0.1:${port}`;
  const lines: LogLine[] = [];
  const stderr: string[] = [];
  let child: ChildProcess | undefined;

  const isRunning = () => child !== undefined && child.exitCode === null && child.signalCode === null;
  const spawnIt = () => {
    if (isRunning()) throw new Error("It runs already.");
    stderr.length = 0;
    child = spawn(process.execPath, ["-r", "./src/require-node.cjs", "src/main.ts"], {
      cwd: ROOT,
      env: { ...inherited(), LOG_LEVEL: "info", HOST: "127.0.0.1", ...env, PORT: String(port) },
      stdio: ["ignore", "pipe", "pipe"],
    });
    if (child.stdout) createInterface({ input: child.stdout }).on("line", (line) => collect(lines, line));
    if (child.stderr) createInterface({ input: child.stderr }).on("line", (line) => stderr.push(line));
  };
  const ended = async () => {
    if (child && isRunning()) await once(child, "exit");
    return child?.exitCode ?? null;
  };
  const kill = async () => {
    child?.kill("SIGKILL");
    await ended();
  };
  // A test run that is itself cut short must not leave it behind.
  const onExit = () => void child?.kill("SIGKILL");
  process.once("exit", onExit);
  return {
    origin,
    get pid() {
      return isRunning() ? (child?.pid ?? 0) : 0;
    },
    lines,
    stderr,
    spawn: spawnIt,
    async start() {
      if (!isRunning()) spawnIt();
      const deadline = performance.now() + START_TIMEOUT_MS;
      while (!(await answers(origin))) {
        const problem = isRunning()
          ? "does not answer"
          : `ended with ${child?.exitCode ?? child?.signalCode}`;
        if (!isRunning() || performance.now() > deadline) {
          throw new Error(
            `Parley ${problem}: ${[...stderr, ...lines.slice(-5).map((line) => line.msg)].join("\n")}`,
          );
        }
        await sleep(POLL_MS);
      }
    },
    signal: (signal) => void child?.kill(signal),
    kill,
    ended,
    async [Symbol.asyncDispose]() {
      process.removeListener("exit", onExit);
      await kill();
    },
  };
}

/** Nothing of the tester's own settings. */
function inherited(): Record<string, string> {
  const names = ["PATH", "HOME", "TMPDIR"];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

function collect(lines: LogLine[], line: string): void {
  if (!line.startsWith("{")) return;
  const parsed = lineSchema.safeParse(parseJson(line));
  if (parsed.success) lines.push(parsed.data);
}

/** The last line of a killed process may be half a line. */
function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

async function answers(origin: string): Promise<boolean> {
  const response = await fetch(`${origin}/healthz`, { signal: AbortSignal.timeout(2_000) }).catch(
    () => undefined,
  );
  await response?.body?.cancel();
  return response?.ok ?? false;
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (typeof address !== "object" || !address) throw new TypeError("not listening on a port");
  return address.port;
}
