import { Pool } from "pg";
import { expect, it } from "vitest";
import { isUnavailable } from "../../src/db/database.ts";
import { hangUpOnSilence } from "../../src/db/hang-up.ts";
import { relayPostgres } from "../queue/relay.ts";
import { openTestDatabase } from "../support/database.ts";

const LIMIT_MS = 300;

it("ends what waits for a server that hangs, and only that", async () => {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await openTestDatabase());
  const relay = stack.use(await relayPostgres(database.url));
  const pool = new Pool({ connectionString: relay.url, max: 2, pipeline: true });
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  stack.defer(() => pool.end());
  stack.use(hangUpOnSilence(pool, LIMIT_MS, 50));

  const idle = await pool.connect();
  idle.release();
  // Slower than the limit in all, but something comes back all the time.
  const client = await pool.connect();
  for (let n = 0; n < 5; n += 1) await client.query("select pg_sleep(0.1)");
  relay.hang();
  const waiting = await client.query("select 1").catch((error: unknown) => error);
  expect(isUnavailable(waiting)).toBe(true);
  client.release(true);

  await relay.up();
  expect((await pool.query<{ n: number }>("select 1 as n")).rows).toEqual([{ n: 1 }]);
  // What nobody waits on may be silent.
  await new Promise((resolve) => setTimeout(resolve, LIMIT_MS * 2));
  expect(pool.totalCount).toBe(1);
});
