import { Client } from "pg";
import { describe, expect, test } from "vitest";
import { createLog } from "../../src/log.ts";
import { openPool } from "../../src/queue/bullmq-postgres-pool.ts";
import { openQueue } from "../../src/queue/open-queue.ts";
import type { Queue } from "../../src/queue/queue.ts";
import { openTestDatabase, startTestServer } from "../support/database.ts";
import { deliver, tryToAdd, WAIT } from "./support.ts";

describe("queue on a PostgreSQL that suffers", () => {
  test("connections that an administrator ends: adding and workers go on", async () => {
    await using database = await openTestDatabase();
    await using queue = await open(database.url);
    await using admin = await connect(database.url);
    const seen = workOn(queue);
    for (const id of ["1", "2", "3"]) {
      await admin.client.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'parley-queue'",
      );
      await expect.poll(() => tryToAdd(queue, id), WAIT).toBe("added");
      await expect.poll(() => seen, WAIT).toContain(id);
    }
  });

  test("a connection that is lost in use does not end the process", async () => {
    await using database = await openTestDatabase();
    const reported: unknown[] = [];
    const pool = openPool({ url: database.url, connectionsMax: 1, report: (error) => reported.push(error) });
    const client = await pool.connect();
    await expect(client.query("select pg_terminate_backend(pg_backend_pid())")).rejects.toThrow(/terminat/);
    await expect.poll(() => reported, WAIT).not.toEqual([]);
    client.release(true);
    await pool.end();
  });

  test("a server that is killed and starts again: adding and workers go on", async () => {
    await using server = await startTestServer();
    await using queue = await open(server.url);
    const seen = workOn(queue);
    await queue.addBulk([deliver("1")]);
    await expect.poll(() => seen, WAIT).toEqual(["1"]);
    process.kill(server.pid, "SIGKILL");
    await expect.poll(() => tryToAdd(queue, "2"), WAIT).toBe("refused");
    await expect.poll(() => tryToAdd(queue, "3"), WAIT).toBe("added");
    await expect.poll(() => seen, WAIT).toContain("3");
  });

  test("a server that is away when the queue opens", async () => {
    const opening = open("postgresql://parley@127.0.0.1:1/parley");
    await expect(opening).rejects.toMatchObject({ code: "unavailable", reason: "queue_unavailable" });
  });

  test("all queues and workers share few connections, one of which listens", async () => {
    await using database = await openTestDatabase();
    await using queue = await open(database.url, 3);
    await using admin = await connect(database.url);
    const seen = workOn(queue);
    queue.work("webhook.deliver", async ({ ids }) => void seen.push(...ids), { concurrency: 20 });
    queue.work("comment.check", async () => undefined, { concurrency: 20 });
    const ids = Array.from({ length: 300 }, (_, index) => String(index + 1));
    await Promise.all(ids.map(async (id) => await queue.addBulk([deliver(id)])));
    await expect.poll(() => seen.length, WAIT).toBe(ids.length);
    expect(await connectionsOf(admin.client)).toBeLessThanOrEqual(3);
  });

  test("jobs are found by index although the planner believes the queue empty, and leave nothing behind", async () => {
    await using database = await openTestDatabase();
    await using admin = await connect(database.url);
    await (await open(database.url))[Symbol.asyncDispose]();
    // A session reports its statistics when it ends at the latest.
    await expect.poll(() => connectionsOf(admin.client), WAIT).toBe(0);
    for (const table of ["job", "event"]) await admin.client.query(`vacuum analyze bullmq.${table}`);
    const before = await sequentialScans(admin.client);

    const queue = await open(database.url);
    const seen = workOn(queue);
    const ids = Array.from({ length: 600 }, (_, index) => String(index + 1));
    await queue.addBulk(ids.map((id) => deliver(id)));
    await expect.poll(() => seen.length, WAIT).toBe(ids.length);
    await queue[Symbol.asyncDispose]();
    await expect.poll(() => connectionsOf(admin.client), WAIT).toBe(0);
    expect(await sequentialScans(admin.client)).toEqual(before);

    const { rows } = await admin.client.query<{ jobs: number; events: number }>(
      "select (select count(*)::int from bullmq.job) as jobs, (select count(*)::int from bullmq.event) as events",
    );
    expect(rows[0]?.jobs).toBe(0);
    // BullMQ trims its events every 256.
    expect(rows[0]?.events).toBeLessThan(1_000);
  });
});

async function open(url: string, connectionsMax = 4): Promise<Queue> {
  return await openQueue({
    engine: { kind: "postgres", url, connectionsMax },
    log: createLog({ level: "silent" }),
    jobOptions: { backoffMs: 20 },
  });
}

function workOn(queue: Queue): string[] {
  const seen: string[] = [];
  queue.work("webhook.deliver", async ({ ids }) => void seen.push(...ids));
  return seen;
}

async function sequentialScans(client: Client): Promise<unknown> {
  const { rows } = await client.query(
    "select relname, seq_scan from pg_stat_user_tables where schemaname = 'bullmq' and relname in ('job', 'event') order by 1",
  );
  return rows;
}

async function connectionsOf(client: Client): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    "select count(*)::int from pg_stat_activity where datname = current_database() and application_name = 'parley-queue'",
  );
  return rows[0]?.count ?? 0;
}

async function connect(url: string) {
  const client = new Client({ connectionString: url });
  await client.connect();
  return { client, [Symbol.asyncDispose]: async () => await client.end() };
}
