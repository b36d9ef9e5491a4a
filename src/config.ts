import { AppError } from "./errors.ts";
import type { FieldProblem } from "./errors.ts";
import { envSchema } from "./config-env.ts";
import type { Env, LOG_LEVELS, ROLES } from "./config-env.ts";

type Role = (typeof ROLES)[number];
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Everything the environment decides, parsed, complete and frozen. What is off is `null` or its own `kind`. */
export type Config = Readonly<{
  role: Role;
  http: Readonly<{
    host: string;
    /** 0 lets the system choose, for tests. */
    port: number;
    /** Where readers and moderators reach this instance; no trailing slash. */
    publicUrl: string;
    /** CIDR ranges, or `loopback`, `linklocal`, `uniquelocal`. Empty: forwarded headers are not read. */
    trustedProxies: readonly string[];
  }>;
  database:
    | Readonly<{ kind: "embedded"; dataDir: string }>
    | Readonly<{ kind: "url"; url: string; poolMax: number }>;
  queue: Readonly<{ kind: "postgres" }> | Readonly<{ kind: "redis"; url: string }>;
  /** Absolute. Holds the embedded database and generated secrets. */
  dataDir: string;
  /** `current` null: `loadSecret` takes it from the data directory, making it on the first start. */
  secret: Readonly<{ current: string | null; previous: readonly string[] }>;
  webhooks: Readonly<{
    /** Non-public ranges that webhook endpoints may nevertheless be in. */
    allowCidrs: readonly string[];
    allowHttp: boolean;
  }>;
  external: Readonly<{
    /** Non-public ranges where services that sites ask may nevertheless be. */
    allowCidrs: readonly string[];
    allowHttp: boolean;
  }>;
  /** Days that keyed hashes of IP addresses are kept. */
  ipRetentionDays: number;
  worker: Readonly<{ concurrency: number }>;
  shutdownTimeoutMs: number;
  /** Make the demonstration site at start. */
  demo: boolean;
  log: Readonly<{ level: LogLevel }>;
  /** `token` null: /metrics is open to whoever reaches the port. */
  metrics: Readonly<{ token: string | null }>;
}>;

/** The name of every variable that {@link readConfig} looks at. */
export const CONFIG_VARIABLES: readonly string[] = Object.keys(envSchema.shape);

/**
 * The environment as configuration; an empty variable counts as not set.
 * @throws AppError `invalid_input`, reason `configuration`, whose message lists all problems at once.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = givenVariables(env);
  const result = envSchema.safeParse(given);
  const problems = [
    ...(result.error?.issues ?? []).map(({ path, message }) => ({ path: path.join("."), message })),
    ...contradictions(given),
  ];
  if (!result.success || problems.length > 0) throw configurationError(problems);
  return deepFreeze(toConfig(result.data));
}

function givenVariables(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const given: Record<string, string> = {};
  for (const name of CONFIG_VARIABLES) {
    const value = env[name]?.trim();
    if (value) given[name] = value;
  }
  return given;
}

/** What no single variable can tell. Reads the raw values, so that it reports beside wrong ones. */
function contradictions(given: Record<string, string>): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if ((given["ROLE"] === "http" || given["ROLE"] === "worker") && !given["DATABASE_URL"]) {
    const message =
      "is needed for ROLE=http and ROLE=worker: two processes cannot share the embedded database";
    problems.push({ path: "DATABASE_URL", message });
  }
  if (given["DATABASE_URL"] && !given["PARLEY_SECRET"]) {
    const message = "is needed with DATABASE_URL: make one with `openssl rand -base64 48` and keep it";
    problems.push({ path: "PARLEY_SECRET", message });
  }
  return problems;
}

function configurationError(fields: FieldProblem[]): AppError {
  const lines = fields.map(({ path, message }) => `  ${path} ${message}`);
  const count = fields.length === 1 ? "1 problem" : `${fields.length} problems`;
  const message = `The configuration has ${count}:\n${lines.join("\n")}`;
  return new AppError("invalid_input", message, { reason: "configuration", fields });
}

function toConfig(env: Env): Config {
  const embedded = env.DATABASE_URL === undefined;
  return {
    role: env.ROLE,
    http: {
      // Someone trying Parley must not open it to the network unawares; behind a database of its own it is
      // a deployment, mostly in a container, where only 0.0.0.0 is reachable. The image sets HOST anyway.
      host: env.HOST ?? (embedded ? "127.0.0.1" : "0.0.0.0"),
      port: env.PORT,
      publicUrl: env.PUBLIC_URL ?? `http://localhost:${env.PORT}`,
      trustedProxies: env.TRUST_PROXY,
    },
    database:
      env.DATABASE_URL === undefined
        ? { kind: "embedded", dataDir: env.DATA_DIR }
        : { kind: "url", url: env.DATABASE_URL, poolMax: env.DATABASE_POOL_MAX },
    queue: env.REDIS_URL === undefined ? { kind: "postgres" } : { kind: "redis", url: env.REDIS_URL },
    dataDir: env.DATA_DIR,
    secret: { current: env.PARLEY_SECRET ?? null, previous: env.PARLEY_SECRET_PREVIOUS },
    webhooks: { allowCidrs: env.WEBHOOK_ALLOW_CIDRS, allowHttp: env.WEBHOOK_ALLOW_HTTP ?? embedded },
    external: { allowCidrs: env.EXTERNAL_ALLOW_CIDRS, allowHttp: env.EXTERNAL_ALLOW_HTTP },
    worker: { concurrency: env.WORKER_CONCURRENCY },
    ipRetentionDays: env.IP_RETENTION_DAYS,
    shutdownTimeoutMs: env.SHUTDOWN_TIMEOUT_MS,
    demo: env.DEMO ?? embedded,
    log: { level: env.LOG_LEVEL },
    metrics: { token: env.METRICS_TOKEN ?? null },
  };
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) {
    if (typeof inner === "object" && inner !== null) deepFreeze(inner);
  }
  return Object.freeze(value);
}
