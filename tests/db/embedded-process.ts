// A process to kill: starts the embedded database of the directory in argv[2] and tells its parent what became of it.
import { startEmbeddedPostgres } from "../../src/db/embedded.ts";
import { AppError } from "../../src/errors.ts";
import { createLog } from "../../src/log.ts";

const log = createLog({ level: "fatal" });
try {
  const server = await startEmbeddedPostgres({ dataDir: process.argv[2] ?? "", log });
  process.on("SIGINT", () => process.send?.({ sigint: true }));
  process.on("message", (message) => {
    if (message === "exit") process.exit(3);
    void server.stop().then(() => process.disconnect());
  });
  process.send?.({ url: server.url, pid: server.pid });
} catch (error) {
  if (!(error instanceof AppError)) throw error;
  process.send?.({ error: { code: error.code, reason: error.reason, message: error.message } });
  process.disconnect();
}
