import { Client } from "pg";
import { describe, expect, it } from "vitest";
import { openDatabase, statement } from "../../src/db/database.ts";
import { openTestDatabase } from "../support/database.ts";

const COUNT = statement<{ n: number }>("test.count", "select count(*)::int as n from notes");
const ADD = statement("test.add", "insert into notes (text) values ($1)");
const PID = statement<{ pid: number }>("test.pid", "select pg_backend_pid() as pid");
const SETTINGS = statement<{ path: string; scan: string }>(
  "test.settings",
  "select current_setting('search_path') as path, current_setting('enable_seqscan') as scan from pg_sleep(0.05)",
);

describe("openDatabase", () => {
  it("keeps what is committed, and nothing of what failed", async () => {
    await using test = await open();
    await test.db.transaction((tx) => tx.run(ADD, ["kept"]));
    const failing = test.db.transaction(async (tx) => {
      await tx.run(ADD, ["lost"]);
      throw new Error("changed my mind");
    });
    await expect(failing).rejects.toThrow("changed my mind");
    expect(await test.db.run(COUNT, [])).toEqual([{ n: 1 }]);
  });

  it("tells of the commit after it, and never of one that did not happen", async () => {
    await using test = await open();
    const told: string[] = [];
    await test.db.transaction(async (tx) => {
      tx.onCommit(() => told.push("yes"));
      await tx.run(ADD, ["a"]);
      expect(told).toEqual([]);
    });
    const failing = test.db.transaction(async (tx) => {
      tx.onCommit(() => told.push("no"));
      await tx.run(ADD, ["a"]);
    });
    await expect(failing).rejects.toMatchObject({ code: "23505" });
    expect(told).toEqual(["yes"]);
  });

  it("runs what waits for the commit last, and keeps nothing when that fails", async () => {
    await using test = await open();
    await test.db.transaction(async (tx) => {
      tx.atCommit(ADD, ["last"]);
      await Promise.all([tx.run(ADD, ["first"]), tx.run(ADD, ["second"])]);
      expect(await tx.run(COUNT, [])).toEqual([{ n: 2 }]);
    });
    expect(await test.db.run(COUNT, [])).toEqual([{ n: 3 }]);
    const failing = test.db.transaction(async (tx) => {
      tx.onCommit(() => expect.unreachable());
      tx.atCommit(ADD, ["first"]);
      await tx.run(ADD, ["lost"]);
    });
    await expect(failing).rejects.toMatchObject({ code: "23505" });
    const together = test.db.transaction((tx) =>
      Promise.all([tx.run(ADD, ["lost"]), tx.run(ADD, ["second"]), tx.run(ADD, ["lost too"])]),
    );
    await expect(together).rejects.toMatchObject({ code: "23505" });
    expect(await test.db.run(COUNT, [])).toEqual([{ n: 3 }]);
  });

  it("answers `unavailable`, and lives, when a connection is cut inside a transaction", async () => {
    await using test = await open();
    const cut = test.db.transaction(async (tx) => {
      const [row] = await tx.run(PID, []);
      await test.admin.query("select pg_terminate_backend($1)", [row?.pid]);
      await tx.run(ADD, ["never"]);
    });
    await expect(cut).rejects.toMatchObject({ code: "unavailable", retryAfterSeconds: 5 });
    expect(await test.db.run(COUNT, [])).toEqual([{ n: 0 }]);
  });

  it("repeats a transaction that a deadlock ended, so that both sides get through", async () => {
    await using test = await open();
    await test.admin.query("insert into notes values ('a'), ('b')");
    const TOUCH = statement("test.touch", "update notes set text = text where text = $1");
    const meet = Promise.withResolvers<void>();
    const won = Promise.withResolvers<void>();
    let arrived = 0;
    const side = async (first: string, second: string) => {
      let tries = 0;
      await test.db.transaction(async (tx) => {
        tries += 1;
        // On a busy machine the loser may be back before the winner has noticed that it won.
        if (tries > 1) await won.promise;
        await tx.run(TOUCH, [first]);
        arrived += 1;
        if (arrived === 2) meet.resolve();
        await meet.promise;
        await tx.run(TOUCH, [second]);
      });
      won.resolve();
      return tries;
    };
    const tries = await Promise.all([side("a", "b"), side("b", "a")]);
    expect(tries.toSorted()).toEqual([1, 2]);
  });

  it("adds its settings to those in the operator's URL, on every connection", async () => {
    await using test = await open();
    const url = new URL(test.url);
    url.searchParams.set("options", "-c search_path=elsewhere");
    await using db = openDatabase({ url: url.href, poolMax: 3, onError: () => {} });
    const settings = await Promise.all([1, 2, 3].map(() => db.run(SETTINGS, [])));
    expect(settings.flat()).toEqual([1, 2, 3].map(() => ({ path: "elsewhere", scan: "off" })));
  });
});

async function open() {
  const stack = new AsyncDisposableStack();
  const { url } = stack.use(await openTestDatabase({ migrated: false }));
  const errors: Error[] = [];
  const db = stack.use(openDatabase({ url, poolMax: 4, onError: (error) => errors.push(error) }));
  const admin = new Client({ connectionString: url });
  await admin.connect();
  stack.defer(() => admin.end());
  await admin.query("create table notes (text text primary key)");
  return { url, db, admin, errors, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}
