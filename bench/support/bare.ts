import { fileURLToPath } from "node:url";
import { freePort } from "./free-port.ts";
import { type ServerProcess, startServerProcess } from "./server-process.ts";

const SCRIPT = fileURLToPath(new URL("./bare-server.ts", import.meta.url));

/**
 * What Parley is held against: Hono with nothing around it, in a process of its own.
 * @param bytesFile sent by `GET /bytes`; `databaseUrl` is where `GET /threads/:id` reads comments.
 */
export async function startBare(
  env: { bytesFile?: string; databaseUrl?: string } = {},
): Promise<ServerProcess> {
  const port = await freePort();
  return startServerProcess({
    args: [SCRIPT],
    env: {
      PORT: String(port),
      ...(env.bytesFile !== undefined && { BYTES_FILE: env.bytesFile }),
      ...(env.databaseUrl !== undefined && { DATABASE_URL: env.databaseUrl }),
    },
    port,
    probe: "/ready",
  });
}
