// A worker on its own, to be killed: sends the deliveries named in DELIVERY_IDS from the database of DATABASE_URL.
import { openContext } from "../../src/open-context.ts";
import { createLog } from "../../src/log.ts";
import { TEST_SECRET, testConfig } from "../support/context.ts";
import { deliver } from "./deliver-support.ts";

await using ctx = await openContext({
  config: testConfig(),
  log: createLog({ level: "silent" }),
  databaseUrl: process.env["DATABASE_URL"] ?? "",
  secrets: { current: TEST_SECRET, previous: [] },
});
const ids = (process.env["DELIVERY_IDS"] ?? "").split(",");
await deliver(ctx, ids);
