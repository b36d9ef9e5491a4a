import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { writeBundle } from "../scripts/bundle/write-bundle.ts";
import { BUNDLE_ENTRY, BUNDLE_SOURCES, describeFiles, findBundle } from "../src/bundle.ts";
import { openTestDatabase } from "./support/database.ts";
import { freePort } from "./support/free-port.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const READY_TIMEOUT_MS = 60_000;

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let temporary: string;
beforeAll(async () => {
  temporary = await mkdtemp(join(tmpdir(), "parley-bundle-"));
});
afterAll(async () => await rm(temporary, { recursive: true, force: true }));

describe("which sources a bundle is of", () => {
  test.each([
    ["as they are", (described: string) => described, true],
    ["one has another size", (described: string) => described.replace(/^\d+/, "1"), false],
    ["one was written at another time", (described: string) => described.replace(/\t\d+\t/, "\t1\t"), false],
    ["one is gone", (described: string) => `${described}\n1\t1\tsrc/gone.ts`, false],
  ])("%s", async (_case, change, fits) => {
    const described = describeFiles(["src/main.ts", "package.json"]);
    await writeFile(join(temporary, BUNDLE_SOURCES), change(described));
    const entry = pathToFileURL(join(temporary, BUNDLE_ENTRY)).href;
    expect(findBundle(temporary)).toBe(fits ? entry : undefined);
  });

  test("there is none", () => {
    expect(findBundle(join(temporary, "nothing"))).toBeUndefined();
  });
});

describe("the bundle", () => {
  let directory: string;
  beforeAll(async () => {
    directory = join(temporary, "made", "bundle");
    await writeBundle(directory);
  });

  test("is of the sources as they are, in one byte a character", async () => {
    expect(findBundle(directory)).toBe(pathToFileURL(join(directory, BUNDLE_ENTRY)).href);
    const sources = await readFile(join(directory, BUNDLE_SOURCES), "utf8");
    expect(sources).toContain("\tsrc/program.ts");
    expect(sources).toContain("\tworkers/index.ts");
    const code = await readFile(join(directory, BUNDLE_ENTRY), "utf8");
    expect(/[^\0-\u007F].*/.exec(code)?.[0]).toBeUndefined();
  });

  test("is the program, and finds what lies beside its sources", async () => {
    await using database = await openTestDatabase();
    const port = await freePort();
    const entry = pathToFileURL(join(directory, BUNDLE_ENTRY)).href;
    const script = `const { runParley } = await import(${JSON.stringify(entry)});
      await runParley();
      // What strips types weighs tens of megabytes, and has nothing to do here.
      if (process.moduleLoadList.some((name) => name.includes("amaro"))) process.exitCode = 9;`;
    const args = ["-r", "./src/require-node.cjs", "--input-type=module", "-e", script];
    const env = { DATABASE_URL: database.url, PARLEY_SECRET: "x".repeat(40), DATA_DIR: temporary };
    const program = start(args, { ...env, PORT: String(port), DEMO: "true", LOG_LEVEL: "warn" });
    const origin = `http://127.0.0.1:${port}`;
    await untilReady(`${origin}/readyz`, program.ended);
    for (const path of ["/docs/swagger-ui.css", "/openapi.json", "/demo/", "/demo/assets/demo.css"]) {
      expect([path, (await fetch(origin + path)).status]).toEqual([path, 200]);
    }
    program.end();
    expect(await program.ended).toEqual({ code: 0, output: expect.not.stringContaining("rror") });
  });
});

describe("compiled code", () => {
  const tell = `process.stdout.write(String(require("node:module").getCompileCacheDir()))`;

  test("is kept beside the bundle", async () => {
    const { output } = await start(["-r", "./src/require-node.cjs", "-e", tell], {}).ended;
    expect(output).toContain(join(ROOT, "node_modules/.cache/parley/compiled"));
  });

  test("is kept where NODE_COMPILE_CACHE says", async () => {
    const env = { NODE_COMPILE_CACHE: join(temporary, "elsewhere") };
    const { output } = await start(["-r", "./src/require-node.cjs", "-e", tell], env).ended;
    expect(output).toContain(env.NODE_COMPILE_CACHE);
  });

  test("is not kept where nothing can be written, and that is all", async () => {
    await writeFile(join(temporary, "node_modules"), "no directory");
    const copy = join(temporary, "src.cjs");
    const guard = await readFile(join(ROOT, "src/require-node.cjs"), "utf8");
    await writeFile(copy, guard.replace("../node_modules", "./node_modules"));
    expect(await start(["-r", copy, "-e", tell], {}).ended).toEqual({ code: 0, output: "undefined" });
  });
});

type Started = { end(): void; ended: Promise<{ code: number | null; output: string }> };

function start(args: string[], env: Record<string, string>): Started {
  const inherited = { PATH: process.env["PATH"] };
  const child = spawn(process.execPath, args, { cwd: ROOT, env: { ...inherited, ...env } });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  }
  const ended = once(child, "exit").then(([code]: (number | null)[]) => ({ code: code ?? null, output }));
  return { end: () => void child.kill("SIGTERM"), ended };
}

async function untilReady(url: string, ended: Promise<{ output: string }>): Promise<void> {
  let output: string | undefined;
  void ended.then((end) => (output = end.output));
  await vi.waitFor(
    async () => {
      if (output !== undefined) throw new Error(`It ended: ${output}`);
      expect((await fetch(url)).status).toBe(200);
    },
    { timeout: READY_TIMEOUT_MS, interval: 20 },
  );
}
