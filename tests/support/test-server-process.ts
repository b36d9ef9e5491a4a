// A test run to kill: starts a server and lives on.
import { startTestServer } from "./test-server.ts";

const server = await startTestServer();
process.send?.({ dataDir: server.dataDir, pid: server.pid });
