import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Context } from "../src/context.ts";
import { createReadiness } from "../src/readiness.ts";
import { openTestContext, type TestContext } from "./support/context.ts";

describe("readiness", () => {
  let ctx: TestContext;
  let nowMs = Date.now();
  let pings = 0;

  beforeAll(async () => {
    ctx = await openTestContext({ clock: { now: () => new Date(nowMs), nowMs: () => nowMs } });
  });
  afterAll(() => ctx[Symbol.asyncDispose]());

  /** The context with a queue that counts, and nothing at its address to open a further connection to. */
  const observed = (): Context => ({
    ...ctx,
    databaseUrl: "postgres://nobody@127.0.0.1:1/nothing",
    queue: {
      ...ctx.queue,
      ping: (timeoutMs) => {
        pings += 1;
        return ctx.queue.ping(timeoutMs);
      },
    },
  });

  it("is found out once for all who ask within a second, over the connections there are", async () => {
    const check = createReadiness(observed());
    const ready = { ready: true, checks: { database: "ok", migrations: "ok", queue: "ok" } };
    const answers = await Promise.all(Array.from({ length: 20 }, () => check()));
    expect(answers).toEqual(answers.map(() => ready));
    nowMs += 999;
    await check();
    expect(pings).toBe(1);
    nowMs += 1;
    await check();
    expect(pings).toBe(2);
  });

  it("names the migrations that are missing, and does not look again once there are none", async () => {
    const check = createReadiness(observed());
    const { kysely } = ctx.db;
    const applied = await kysely
      .withTables<Migrations>()
      .deleteFrom("kysely_migration")
      .returningAll()
      .execute();
    const { ready, checks } = await check();
    expect(ready).toBe(false);
    expect(checks).toMatchObject({
      database: "ok",
      migrations: expect.stringMatching(/^missing: 0001_init, /),
    });
    await kysely.withTables<Migrations>().insertInto("kysely_migration").values(applied).execute();
    nowMs += 1_000;
    expect(await check()).toMatchObject({ ready: true });
    await kysely.withTables<Migrations>().deleteFrom("kysely_migration").execute();
    nowMs += 1_000;
    expect(await check()).toMatchObject({ ready: true });
  });
});

type Migrations = { kysely_migration: { name: string; timestamp: string } };
