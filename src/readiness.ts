import type { Context } from "./context.ts";
import { pendingMigrations } from "./db/migrate.ts";
import { pingDatabase } from "./db/ping.ts";
import { JOB_NAMES } from "./queue/jobs.ts";
import { findModelFigures } from "./moderation/learning/model-figures.ts";
import { OUTBOX_TOPICS, outboxDepth, type OutboxDepth } from "./queue/outbox.ts";

/** `ok`, or what is missing. */
type CheckResult = string;
export type Readiness = {
  ready: boolean;
  checks: { database: CheckResult; migrations: CheckResult; queue: CheckResult };
};

const TIMEOUT_MS = 2_000;
/** How long an answer holds: anyone may ask, as often as they like. */
const ANSWER_AGE_MS = 1_000;

/**
 * A function that tells whether this process can do its work now: database, migrations, queue. It never throws; it says in a
 * word what is missing. Who asks within a second of the last look gets the same answer.
 */
export function createReadiness(ctx: Context): () => Promise<Readiness> {
  let answer: { at: number; readiness: Promise<Readiness> } | undefined;
  let migrated = false;
  const findMigrations = async (): Promise<CheckResult> => {
    const pending = migrated ? [] : await pendingMigrations(ctx.db);
    // There is no way back, so this need not be asked again.
    migrated = pending.length === 0;
    return migrated ? "ok" : `missing: ${pending.join(", ")}`;
  };
  return () => {
    const at = ctx.clock.nowMs();
    if (!answer || Math.abs(at - answer.at) >= ANSWER_AGE_MS) {
      answer = { at, readiness: checkReadiness(ctx, findMigrations) };
    }
    return answer.readiness;
  };
}

async function checkReadiness(ctx: Context, findMigrations: () => Promise<CheckResult>): Promise<Readiness> {
  const [database, migrations, queue] = await Promise.all([
    within(async () => {
      await pingDatabase(ctx.db);
      return "ok";
    }),
    within(findMigrations),
    within(async () => ((await ctx.queue.ping(TIMEOUT_MS)) ? "ok" : "no answer")),
  ]);
  const checks = { database, migrations, queue };
  return { ready: Object.values(checks).every((result) => result === "ok"), checks };
}

async function within(check: () => Promise<CheckResult>): Promise<CheckResult> {
  const { promise: late, resolve } = Promise.withResolvers<CheckResult>();
  const timer = setTimeout(() => resolve("no answer"), TIMEOUT_MS);
  try {
    return await Promise.race([check().catch(() => "no answer"), late]);
  } finally {
    clearTimeout(timer);
  }
}

type Gauge = (name: string, help: string, samples: [labels: string, value: number][]) => void;

/** Depths and ages as they are at this moment, in Prometheus' text format; what cannot be read is left out. */
export async function collectGauges(ctx: Context): Promise<string> {
  const lines: string[] = [];
  const gauge: Gauge = (name, help, samples) => {
    if (samples.length === 0) return;
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} gauge`);
    for (const [labels, value] of samples) lines.push(`${name}${labels} ${value}`);
  };
  await addOwedGauges(ctx, gauge);
  await addModelGauges(ctx, gauge);
  const open = [...ctx.external.countOpen()].map(([adapter, count]): [string, number] => [
    `{adapter="${adapter}"}`,
    count,
  ]);
  gauge("parley_external_breakers_open", "External checks of sites that this process leaves alone.", open);
  const counts = await Promise.all(JOB_NAMES.map((name) => ctx.queue.counts(name).catch(() => undefined)));
  const jobs: [string, number][] = [];
  const ages: [string, number][] = [];
  for (const [index, name] of JOB_NAMES.entries()) {
    const count = counts[index];
    if (!count) continue;
    for (const state of ["waiting", "active", "delayed", "failed"] as const) {
      jobs.push([`{job="${name}",state="${state}"}`, count[state]]);
    }
    ages.push([`{job="${name}"}`, (count.oldestWaitingMs ?? 0) / 1_000]);
  }
  gauge("parley_queue_jobs", "Jobs in the queue by state.", jobs);
  gauge("parley_queue_oldest_seconds", "Age of the job next in line.", ages);
  return `${lines.join("\n")}\n`;
}

/** By the ledger, which knows also of what the queue has lost. */
async function addOwedGauges(ctx: Context, gauge: Gauge): Promise<void> {
  const now = ctx.clock.now();
  const depths = await Promise.all(
    OUTBOX_TOPICS.map(async (topic) => ({ topic, depth: await outboxDepth(ctx.db, topic, now) })),
  ).catch(() => []);
  const samples = (value: (depth: OutboxDepth) => number) =>
    depths.map(({ topic, depth }): [string, number] => [`{job="${topic}"}`, value(depth)]);
  gauge(
    "parley_owed",
    "Work that is owed, by the ledger.",
    samples(({ owed }) => owed),
  );
  gauge(
    "parley_parked",
    "Work that was given up after several failures.",
    samples(({ parked }) => parked),
  );
  gauge(
    "parley_owed_oldest_seconds",
    "Age of the oldest work owed.",
    samples(({ oldest_seconds: oldest }) => oldest ?? 0),
  );
}

async function addModelGauges(ctx: Context, gauge: Gauge): Promise<void> {
  const models = await findModelFigures(ctx).catch(() => []);
  const samples = (value: "version" | "examples") =>
    models.map((model): [string, number] => [`{site="${model.site}"}`, model[value]]);
  gauge("parley_model_version", "Newest version of a site's model.", samples("version"));
  gauge("parley_model_examples", "Decisions that a site's model stands on.", samples("examples"));
}
