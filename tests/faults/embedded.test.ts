import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { openDatabase } from "../../src/db/database.ts";
import { startEmbeddedPostgres } from "../../src/db/embedded.ts";
import { readPostmasterFile } from "../../src/db/embedded/postmaster-file.ts";
import { createLog } from "../../src/log.ts";
import { loadSecret } from "../../src/secrets.ts";
import { readConfig } from "../../src/config.ts";
import { makeTestDataDir, removeTestDataDir } from "../support/test-server.ts";
import { startHooks, type Hooks } from "./support/hooks.ts";
import { killPostgres } from "./support/kill-postgres.ts";
import { startLoad } from "./support/load.ts";
import { createProgram } from "./support/program.ts";
import { createRandom } from "./support/random.ts";
import { expectNothingLost, expectProof, strikeUntilProven, waitForMore } from "./support/scenario.ts";
import { FAULT_SITE, prepare } from "./support/world.ts";

const TIMEOUT_MS = 240_000;
const VICTIMS = ["Node alone", "PostgreSQL alone", "everything"] as const;

describe.skipIf(process.platform !== "linux")("the embedded default: one command, one directory", () => {
  test(
    "kill -9 of Node, of PostgreSQL or of both under load: the next start, or none, mends it",
    { timeout: TIMEOUT_MS },
    async () => {
      const name = "embedded";
      const random = createRandom(name);
      await using stack = new AsyncDisposableStack();
      const dataDir = await makeTestDataDir(true);
      stack.defer(() => removeTestDataDir(dataDir));
      const hooks = stack.use(await startHooks(random));
      const env = { DATA_DIR: dataDir, DEMO: "false", WEBHOOK_ALLOW_CIDRS: "127.0.0.0/8" };
      const url = await makeSite(env, hooks);
      const program = stack.use(await createProgram(env));
      await program.start();
      const db = stack.use(openDatabase({ url, poolMax: 2, onError: () => undefined }));
      const load = startLoad({
        origin: program.origin,
        site: FAULT_SITE,
        random,
        published: hooks.published,
      });
      const proof = { "Node alone": 0, "PostgreSQL alone": 0, everything: 0, cut: 0, unavailable: 0 };

      await strikeUntilProven(
        async (round) => {
          await program.start();
          await waitForMore(load, [program]);
          await sleep(random.between(0, 1_000));
          const postmaster = readPostmasterFile(join(dataDir, "postgres"))?.pid ?? 0;
          const victim = VICTIMS[round % VICTIMS.length] ?? "everything";
          const node = program.pid;
          if (victim !== "Node alone") killPostgres(postmaster, "everything", () => postmaster);
          if (victim !== "PostgreSQL alone") await program.kill();
          proof[victim] += 1;
          if (victim === "PostgreSQL alone") {
            await waitForMore(load, [program]);
            expect(program.pid).toBe(node);
          }
          proof.cut = load.met.cut;
          proof.unavailable = load.met.unavailable;
        },
        () => proof.cut > 0 && proof.unavailable > 0,
      );

      await program.start();
      // Here nobody helps time along: the leases of the dead end by themselves.
      await expectNothingLost({ db, hooks }, load, { timeoutMs: 120_000, skipRetryWaits: false });
      expectProof({ name }, load, proof);
      program.signal("SIGTERM");
      expect(await program.ended()).toBe(0);
      expect(readPostmasterFile(join(dataDir, "postgres"))).toBeUndefined();
    },
  );
});

/** In the data directory that the program will find; returns the database's URL, which stays the same. */
async function makeSite(env: Record<string, string> & { DATA_DIR: string }, hooks: Hooks): Promise<string> {
  const config = readConfig(env);
  const { current: secret } = await loadSecret(config);
  await using server = await startEmbeddedPostgres({
    dataDir: env.DATA_DIR,
    log: createLog({ level: "error" }),
  });
  await prepare({ databaseUrl: server.url, secret, env, hooks });
  return server.url;
}
