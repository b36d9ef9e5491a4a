import { readFileSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CONFIG_VARIABLES, readConfig } from "../src/config.ts";
import { AppError } from "../src/errors.ts";
import { loadSecret } from "../src/secrets.ts";

const SECRET = "s".repeat(32);
const DATABASE_URL = "postgres://parley:pw@db.internal:5432/parley";

function refusal(env: Record<string, string>): AppError {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error("the configuration was accepted");
}

describe("readConfig", () => {
  test("needs nothing: one process on the embedded database, for this machine only", () => {
    expect(readConfig({})).toEqual({
      role: "all",
      http: { host: "127.0.0.1", port: 8080, publicUrl: "http://localhost:8080", trustedProxies: [] },
      database: { kind: "embedded", dataDir: resolve("data") },
      queue: { kind: "postgres" },
      dataDir: resolve("data"),
      secret: { current: null, previous: [] },
      external: { allowCidrs: [], allowHttp: false },
      webhooks: { allowCidrs: [], allowHttp: true },
      worker: { concurrency: 4 },
      ipRetentionDays: 30,
      shutdownTimeoutMs: 8000,
      demo: true,
      log: { level: "info" },
      metrics: { token: null },
    });
  });

  test("takes every variable", () => {
    const config = readConfig({
      ROLE: "worker",
      HOST: "::",
      PORT: "9000",
      PUBLIC_URL: "https://Talk.example.org/parley/",
      TRUST_PROXY: "10.0.0.0/8, 2001:db8::1,loopback",
      DATA_DIR: "/srv/parley",
      DATABASE_URL,
      DATABASE_POOL_MAX: "25",
      REDIS_URL: "rediss://:pw@cache:6380/1",
      PARLEY_SECRET: SECRET,
      PARLEY_SECRET_PREVIOUS: `${"a".repeat(32)}, ${"b".repeat(40)}`,
      WEBHOOK_ALLOW_CIDRS: "192.168.7.0/24",
      WEBHOOK_ALLOW_HTTP: "yes",
      EXTERNAL_ALLOW_CIDRS: "10.9.0.0/16",
      EXTERNAL_ALLOW_HTTP: "yes",
      WORKER_CONCURRENCY: "8",
      SHUTDOWN_TIMEOUT_MS: "25000",
      DEMO: "1",
      LOG_LEVEL: "debug",
      METRICS_TOKEN: "0123456789abcdef",
    });
    expect(config).toEqual({
      role: "worker",
      http: {
        host: "::",
        port: 9000,
        publicUrl: "https://talk.example.org/parley",
        trustedProxies: ["10.0.0.0/8", "2001:db8::1/128", "loopback"],
      },
      database: { kind: "url", url: DATABASE_URL, poolMax: 25 },
      queue: { kind: "redis", url: "rediss://:pw@cache:6380/1" },
      dataDir: "/srv/parley",
      secret: { current: SECRET, previous: ["a".repeat(32), "b".repeat(40)] },
      webhooks: { allowCidrs: ["192.168.7.0/24"], allowHttp: true },
      external: { allowCidrs: ["10.9.0.0/16"], allowHttp: true },
      worker: { concurrency: 8 },
      ipRetentionDays: 30,
      shutdownTimeoutMs: 25_000,
      demo: true,
      log: { level: "debug" },
      metrics: { token: "0123456789abcdef" },
    });
  });

  test("with a database of its own it is a deployment: reachable, strict, without demonstration", () => {
    const config = readConfig({ DATABASE_URL, PARLEY_SECRET: SECRET });
    expect(config.http.host).toBe("0.0.0.0");
    expect(config.webhooks.allowHttp).toBe(false);
    expect(config.demo).toBe(false);
  });

  test("an empty variable counts as not set, as compose files write it", () => {
    const empty = Object.fromEntries(CONFIG_VARIABLES.map((name) => [name, name.length % 2 ? "" : "  "]));
    expect(readConfig(empty)).toEqual(readConfig({}));
  });

  test("is frozen to the bottom", () => {
    const config = readConfig({ TRUST_PROXY: "loopback" });
    const parts = [config, config.http, config.http.trustedProxies, config.secret, config.secret.previous];
    expect(parts.every((part) => Object.isFrozen(part))).toBe(true);
  });

  test("names all problems at once and repeats no value", () => {
    const error = refusal({
      ROLE: "http",
      PORT: "80a",
      PUBLIC_URL: "ftp://x",
      TRUST_PROXY: "0.0.0.0/0",
      REDIS_URL: "http://:hunter2@cache",
      PARLEY_SECRET: "too-short-secret",
      WEBHOOK_ALLOW_CIDRS: "10.0.0.0/33",
      DEMO: "perhaps",
      LOG_LEVEL: "loud",
    });
    const names = error.fields.map(({ path }) => path);
    expect(error).toMatchObject({ code: "invalid_input", reason: "configuration" });
    expect(names.toSorted()).toEqual([
      "DATABASE_URL",
      "DEMO",
      "LOG_LEVEL",
      "PARLEY_SECRET",
      "PORT",
      "PUBLIC_URL",
      "REDIS_URL",
      "TRUST_PROXY",
      "WEBHOOK_ALLOW_CIDRS",
    ]);
    for (const name of names) expect(error.message).toContain(`\n  ${name} `);
    expect(error.message).toContain("9 problems");
    expect(error.message).not.toMatch(/hunter2|too-short|80a/);
  });

  test.each([
    ["ROLE", "HTTP"],
    ["HOST", "0.0.0.0:80"],
    ["HOST", "[::]"],
    ["PORT", "-1"],
    ["PORT", "65536"],
    ["PORT", "1e3"],
    ["PORT", "80.5"],
    ["PUBLIC_URL", "example.org"],
    ["PUBLIC_URL", "https://u:p@example.org"],
    ["PUBLIC_URL", "https://example.org/?a=b"],
    ["TRUST_PROXY", "true"],
    ["TRUST_PROXY", "::/0"],
    ["TRUST_PROXY", "0x7f.1"],
    ["TRUST_PROXY", "10.0.0.0/8/8"],
    ["TRUST_PROXY", "10.0.0.0/"],
    ["WEBHOOK_ALLOW_CIDRS", "loopback"],
    ["WEBHOOK_ALLOW_CIDRS", "fe80::1%eth0"],
    ["DATABASE_URL", "mysql://db/parley"],
    ["DATABASE_URL", "postgres://u:p#ss@db/parley"],
    ["DATABASE_POOL_MAX", "1"],
    ["REDIS_URL", "cache:6379"],
    ["PARLEY_SECRET", "s".repeat(31)],
    ["PARLEY_SECRET", `${SECRET},${SECRET}`],
    ["PARLEY_SECRET_PREVIOUS", `${SECRET},short`],
    ["WORKER_CONCURRENCY", "0"],
    ["SHUTDOWN_TIMEOUT_MS", "600001"],
    ["METRICS_TOKEN", "with a blank inside it"],
    ["METRICS_TOKEN", "tooshort"],
  ])("refuses %s=%s", (name, value) => {
    const others = name === "DATABASE_URL" ? { PARLEY_SECRET: SECRET } : {};
    expect(refusal({ ...others, [name]: value }).fields.map(({ path }) => path)).toEqual([name]);
  });

  test("a database of its own needs a secret, and so does each split role a database", () => {
    expect(refusal({ DATABASE_URL }).fields).toMatchObject([{ path: "PARLEY_SECRET" }]);
    expect(refusal({ ROLE: "http" }).fields).toMatchObject([{ path: "DATABASE_URL" }]);
    expect(refusal({ ROLE: "worker" }).fields).toMatchObject([{ path: "DATABASE_URL" }]);
    expect(readConfig({ ROLE: "worker", DATABASE_URL, PARLEY_SECRET: SECRET }).role).toBe("worker");
  });

  test("whatever the environment holds, it is a configuration or an AppError", () => {
    const value = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.webUrl(),
      fc.ipV4(),
      fc.ipV6(),
      fc.integer().map(String),
    );
    const env = fc.dictionary(fc.constantFrom(...CONFIG_VARIABLES), value);
    fc.assert(
      fc.property(env, (variables) => {
        try {
          readConfig(variables);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
      { numRuns: 300 },
    );
  });

  test(".env.example explains exactly the variables that are read, and its own values are accepted", () => {
    const text = readFileSync(new URL("../.env.example", import.meta.url), "utf8");
    const lines = [...text.matchAll(/^# ([A-Z_]+)=(.*)$/gm)].map(([, name = "", value = ""]) => [
      name,
      value,
    ]);
    expect(lines.map(([name = ""]) => name)).toHaveLength(CONFIG_VARIABLES.length);
    expect(new Set(lines.map(([name]) => name))).toEqual(new Set(CONFIG_VARIABLES));
    const env: Record<string, string> = Object.fromEntries(lines);
    expect(readConfig({ ...env, PARLEY_SECRET: SECRET }).role).toBe("all");

    const onlyDefaults = ["ROLE", "SHUTDOWN_TIMEOUT_MS", "LOG_LEVEL", "HOST", "PORT", "DATA_DIR"];
    onlyDefaults.push("DATABASE_POOL_MAX", "WORKER_CONCURRENCY", "WEBHOOK_ALLOW_HTTP", "DEMO");
    expect(readConfig(Object.fromEntries(onlyDefaults.map((name) => [name, env[name]])))).toEqual(
      readConfig({}),
    );
  });
});

describe("loadSecret", () => {
  let dataDir = "";
  const config = () => ({ dataDir, secret: { current: null, previous: [] as string[] } });

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "parley-secrets-"));
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  test("the environment's secret leaves the disk alone", async () => {
    const secret = { current: SECRET, previous: ["p".repeat(32)] };
    expect(await loadSecret({ dataDir, secret })).toEqual(secret);
    expect(await readdir(dataDir)).toEqual([]);
  });

  test("is made on the first start, readable only by its owner, and the same on the second", async () => {
    dataDir = join(dataDir, "not", "yet");
    const first = await loadSecret(config());
    expect(first.current).toMatch(/^[A-Za-z0-9_-]{64}$/);
    expect((await stat(join(dataDir, "secrets.json"))).mode & 0o777).toBe(0o600);
    expect(await loadSecret(config())).toEqual(first);
    expect(await readdir(dataDir)).toEqual(["secrets.json"]);
  });

  test("starts at the same moment agree", async () => {
    const all = await Promise.all(Array.from({ length: 24 }, () => loadSecret(config())));
    expect(new Set(all.map(({ current }) => current)).size).toBe(1);
    expect(await readdir(dataDir)).toEqual(["secrets.json"]);
  });

  test("secrets of the file and of the environment are both remembered as previous", async () => {
    const file = { version: 1, secret: SECRET, previous: ["f".repeat(32)] };
    await writeFile(join(dataDir, "secrets.json"), JSON.stringify(file));
    const secrets = await loadSecret({ dataDir, secret: { current: null, previous: ["e".repeat(32)] } });
    expect(secrets).toEqual({ current: SECRET, previous: ["e".repeat(32), "f".repeat(32)] });
  });

  test.each([
    ["", "not JSON"],
    [`{"version":1,"secret":"${SECRET}`, "not JSON"],
    [`{"version":1,"secret":"short"}`, "(secret)"],
    [`{"version":2,"secret":"${SECRET}"}`, "(version)"],
    [`null`, "(the whole)"],
    [" ".repeat(70_000), "too long"],
  ])("a garbled file is reported, kept and not quoted (%#)", async (text, hint) => {
    const file = join(dataDir, "secrets.json");
    await writeFile(file, text);
    const error: unknown = await loadSecret(config()).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "unavailable", reason: "secrets_unreadable" });
    expect(String(error)).toContain(hint);
    expect(String(error)).not.toContain(SECRET);
    expect(await readFile(file, "utf8")).toBe(text);
  });

  test("a data directory that cannot be one is a readable error", async () => {
    const file = join(dataDir, "file");
    await writeFile(file, "");
    const error: unknown = await loadSecret({ ...config(), dataDir: file }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ code: "unavailable", reason: "secrets_unreadable" });
    expect(String(error)).toContain(join(file, "secrets.json"));
  });
});
