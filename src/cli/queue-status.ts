import type { Context } from "../context.ts";
import { JOB_NAMES } from "../queue/jobs.ts";
import { listParked, OUTBOX_TOPICS, outboxDepth, type OutboxTopic } from "../queue/outbox.ts";
import type { Command } from "./command.ts";
import { formatTable, formatTime } from "./table.ts";

/** Parked comments, and failed jobs of each name, that are listed one by one. */
const LISTED_MAX = 20;

export const queueStatus: Command = {
  name: "queue status",
  summary: "show what is owed, parked and failed",
  help: "What is owed is read from the database: it is done even if the queue itself was lost.",
  async run(input) {
    await using ctx = await input.open();
    for (const topic of OUTBOX_TOPICS) process.stdout.write(await describeLedger(ctx, topic));
    process.stdout.write(`\n${await describeQueue(ctx)}`);
    return 0;
  },
};

const OWED = {
  "comment.check": "Comments to check",
  "campaign.decide": "Decisions about campaigns",
  "model.learn": "Comments to learn from",
  "comment.consult": "Comments to ask others about",
  "external.report": "Decisions to report to others",
} as const satisfies Record<OutboxTopic, string>;

async function describeLedger(ctx: Context, topic: OutboxTopic): Promise<string> {
  const { owed, parked, oldest_seconds: oldest } = await outboxDepth(ctx.db, topic, ctx.clock.now());
  const age = oldest === null ? "" : `, the oldest for ${Math.round(oldest)} s`;
  const lines = `${OWED[topic]}: ${owed} owed${age}; ${parked} parked.\n`;
  if (parked === 0) return lines;
  const rows = (await listParked(ctx.db, topic, LISTED_MAX)).map((row) => [
    row.key,
    formatTime(row.parked_at),
    String(row.attempts),
    row.last_error ?? "",
  ]);
  return lines + formatTable(["PARKED COMMENT", "SINCE", "TRIES", "REASON"], rows);
}

async function describeQueue(ctx: Context): Promise<string> {
  const counts: string[][] = [];
  const failed: string[][] = [];
  for (const name of JOB_NAMES) {
    const count = await ctx.queue.counts(name);
    counts.push([name, ...[count.waiting, count.active, count.delayed, count.failed].map(String)]);
    if (count.failed === 0) continue;
    for (const job of await ctx.queue.failed(name, { limit: LISTED_MAX })) {
      failed.push([name, job.jobId, formatTime(job.failedAt), String(job.attempts), job.reason]);
    }
  }
  const head = `Queue (${ctx.queue.backend}):\n`;
  const table = formatTable(["JOB", "WAITING", "ACTIVE", "DELAYED", "FAILED"], counts);
  return (
    head +
    table +
    (failed.length === 0 ? "" : `\n${formatTable(["FAILED JOB", "ID", "AT", "TRIES", "REASON"], failed)}`)
  );
}
