import { freePort } from "./free-port.ts";
import { type ServerProcess, startServerProcess } from "./server-process.ts";

/** A Parley process of its own, started as an operator would. */
export async function startInstance(env: Record<string, string>): Promise<ServerProcess> {
  const port = await freePort();
  return startServerProcess({
    args: ["-r", "./src/require-node.cjs", "src/main.ts"],
    env: {
      LOG_LEVEL: "warn",
      PUBLIC_URL: `http://127.0.0.1:${port}`,
      ...env,
      PORT: String(port),
      HOST: "127.0.0.1",
    },
    port,
    probe: "/healthz",
  });
}
