import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

const CLI = fileURLToPath(new URL("../../../src/cli.ts", import.meta.url));
vi.setConfig({ testTimeout: 120_000 });

let directory = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "evaluate-"));
});
afterAll(() => rm(directory, { recursive: true }));

/** The real command, with no database anywhere. */
function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { PATH: process.env["PATH"], DATABASE_URL: "postgres://nobody@127.0.0.1:1/none" };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [CLI, "model", "evaluate", ...args],
      { env, cwd: directory },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}

const GOODS = ["lamps", "boots", "kites", "spoons", "ropes", "bells", "drums"];
const row = (i: number) => {
  const thing = GOODS[i % GOODS.length];
  const y = i % 2;
  const text =
    y === 1 ? `Order ${thing} from trader ${i}, visit us` : `My ${thing} broke on day ${i}, what a pity`;
  return JSON.stringify({ text, y, labels: { threat: 0 }, lang: i % 4 < 2 ? "en" : "uk", author: `a${i}` });
};
const write = async (name: string, from: number, to: number) => {
  const lines = Array.from({ length: to - from }, (_, i) => row(from + i));
  await writeFile(join(directory, name), `\ufeff${lines.join("\r\n")}\n\n`);
};

test("it learns from some files, judges others, and prints the figures by language", async () => {
  await Promise.all([
    write("a.jsonl", 0, 60),
    write("b.jsonl", 60, 100),
    write("c.jsonl", 100, 150),
    write("d.jsonl", 150, 160),
  ]);
  const files = ["--train", "a.jsonl", "b.jsonl", "--test", "c.jsonl", "--test", "d.jsonl"];
  const batch = await run("--task", "spam", ...files);
  expect(batch).toMatchObject({ code: 0, stderr: "" });
  expect(batch.stdout).toMatch(/learned from 100 rows, threshold 0\.\d+ \(chosen by cross-validation/);
  expect(batch.stdout).toMatch(/^ +all +en +uk$/m);
  expect(batch.stdout).toMatch(/^rows +60 +30 +30$/m);
  expect(batch.stdout).toMatch(/^AUC +1\.0000/m);
  for (const figure of [
    "accuracy",
    "precision",
    "recall",
    "F1",
    "MCC",
    "blocked ham",
    "caught spam",
    "calibration error",
  ])
    expect(batch.stdout).toContain(figure);
  expect((await run("--task", "spam", ...files)).stdout).toBe(batch.stdout);

  const online = await run(
    "--task",
    "spam",
    "--base",
    "none",
    "--online",
    "--json",
    "--test",
    "c.jsonl",
    "--train",
    "a.jsonl",
  );
  const figures = JSON.parse(online.stdout);
  expect(figures).toMatchObject({ learned: 60, knownTrain: 0, groups: { all: { count: 50 } } });
  expect(figures.groups.all.auc).toBeGreaterThan(0.9);
});

test("without training rows it measures the shipped model, at its threshold or a given one", async () => {
  await write("c.jsonl", 0, 20);
  const shipped = await run("--task", "threat", "--test", "c.jsonl");
  expect(shipped.stdout).toMatch(/learned from 0 rows, threshold 0\.\d+ \(the base model's\)/);
  expect(shipped.stdout).toMatch(/^recall +- +- +-$/m);
  expect((await run("--task", "threat", "--test", "c.jsonl", "--threshold", "0.9")).stdout).toContain(
    "0.9000 (as given)",
  );
});

test("it says which line of which file is wrong, and how to call it", async () => {
  const bad = async (content: string) => {
    await writeFile(join(directory, "bad.jsonl"), content);
    return run("--task", "spam", "--test", "bad.jsonl");
  };
  expect(await bad(`${row(1)}\n{"text": 1, "y": 0}\n`)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^bad\.jsonl, line 2: text: .*expected string/),
  });
  expect((await bad(`${row(1)}\n\nnot json\n`)).stderr).toBe("bad.jsonl, line 3: is no JSON object.\n");
  expect((await bad('{"text": "hello"}\n')).stderr).toBe(
    "bad.jsonl, line 1: y is missing; it must be 0 or 1.\n",
  );
  expect((await bad('{"text": "hello", "y": 2}\n')).stderr).toMatch(/line 1: y: /);
  expect((await bad("\n")).stderr).toBe("bad.jsonl has no rows.\n");
  expect((await run("--task", "spam", "--test", "none.jsonl")).stderr).toBe(
    "Cannot read none.jsonl (ENOENT).\n",
  );
  expect(await run("--task", "spam")).toMatchObject({ code: 2, stderr: "--test is missing. Try --help.\n" });
  expect(await run("--task", "ham", "--test", "x")).toMatchObject({ code: 2 });
  await write("c.jsonl", 0, 20);
  expect((await run("--task", "spam", "--base", "none", "--test", "c.jsonl")).stderr).toMatch(
    /must be rows to train on/,
  );
});
