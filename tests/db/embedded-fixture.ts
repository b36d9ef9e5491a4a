import { execFile, fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Client } from "pg";
import { onTestFinished } from "vitest";
import { z } from "zod";
import { startEmbeddedPostgres } from "../../src/db/embedded.ts";
import type { EmbeddedPostgres, StartEmbeddedPostgresOptions } from "../../src/db/embedded.ts";
import { createLog } from "../../src/log.ts";
import { makeTestDataDir, removeTestDataDir } from "../support/test-server.ts";

const PROGRAM = fileURLToPath(new URL("./embedded-process.ts", import.meta.url));
const log = createLog({ level: "fatal" });

/** A data directory with a stopped cluster that holds comment 1. Its copies save the time that initdb takes. */
export async function makeDataDir(): Promise<string> {
  const dataDir = await makeTestDataDir();
  await using server = await startEmbeddedPostgres({ dataDir, log });
  await query(server.url, "create table comment (id int primary key)");
  await insertComment(server.url, 1);
  return dataDir;
}

export async function copyOf(made: string, dataDir?: string): Promise<string> {
  dataDir ??= await emptyDir();
  // Node's own cp takes as long as initdb does, and gives everything to root.
  await promisify(execFile)("cp", ["-a", `${made}/.`, dataDir]);
  return dataDir;
}

export async function emptyDir(): Promise<string> {
  const dataDir = await makeTestDataDir();
  onTestFinished(async () => await removeTestDataDir(dataDir));
  return dataDir;
}

export async function start(options: Omit<StartEmbeddedPostgresOptions, "log">): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ log, ...options });
  onTestFinished(async () => await server.stop());
  return server;
}

const messageSchema = z.object({
  url: z.string().optional(),
  pid: z.number().optional(),
  sigint: z.boolean().optional(),
  error: z.object({ code: z.string(), reason: z.string(), message: z.string() }).optional(),
});

export async function startProcess(
  dataDir: string,
  options: { detached?: boolean } = {},
): Promise<{ child: ChildProcess; url: string; pid: number }> {
  const child = launchProcess(dataDir, options);
  const { url, pid, error } = await nextMessage(child);
  if (url === undefined || pid === undefined) throw new Error(error?.message);
  return { child, url, pid };
}

export function launchProcess(dataDir: string, options: { detached?: boolean } = {}): ChildProcess {
  const child = fork(PROGRAM, [dataDir], {
    execArgv: [],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    ...options,
  });
  onTestFinished(async () => await kill(child));
  return child;
}

export async function nextMessage(child: ChildProcess): Promise<z.infer<typeof messageSchema>> {
  const ended = once(child, "exit").then(([code, signal]) => {
    throw new Error(`the process ended with ${String(signal ?? code)}`);
  });
  const [message]: unknown[] = await Promise.race([once(child, "message"), ended]);
  return messageSchema.parse(message);
}

export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

export async function query(
  url: string,
  text: string,
  values: unknown[] = [],
): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text, values)).rows;
  } finally {
    await client.end();
  }
}

export async function insertComment(url: string, id: number): Promise<void> {
  await query(url, "insert into comment values ($1)", [id]);
}

export async function commentIds(url: string): Promise<unknown[]> {
  return (await query(url, "select id from comment order by id")).map(({ id }) => id);
}
