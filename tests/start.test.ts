import { expect, test } from "vitest";
import { readConfig } from "../src/config.ts";
import { createLog } from "../src/log.ts";
import { startParley } from "../src/start.ts";

test("a database that is away is named as such, and not by what else needs it", async () => {
  const config = readConfig({
    DATABASE_URL: "postgresql://parley@127.0.0.1:1/parley",
    PARLEY_SECRET: "only for this test and long enough for one",
  });
  await expect(startParley({ config, log: createLog({ level: "silent" }) })).rejects.toThrow(
    "The database could not be migrated.",
  );
});
