import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { NetConnectOpts, Socket } from "node:net";

/** A TCP relay in front of a server, to take the server away from one test only. */
export type Relay = AsyncDisposable & {
  port: number;
  /** Refuses connections and resets those that stand. */
  down(): Promise<void>;
  /** Accepts connections and bytes, and answers nothing. */
  hang(): void;
  up(): Promise<void>;
};

export async function startRelay(target: NetConnectOpts): Promise<Relay> {
  const sockets = new Set<Socket>();
  let hanging = false;
  const track = (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => sockets.delete(socket));
    if (hanging) socket.pause();
    return socket;
  };
  const server = createServer((client) => {
    const upstream = track(connect(target));
    track(client).once("close", () => upstream.destroy());
    upstream.once("close", () => client.destroy());
    client.on("data", (bytes) => upstream.write(bytes));
    upstream.on("data", (bytes) => client.write(bytes));
    if (hanging) [client, upstream].forEach((socket) => socket.pause());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || !address) throw new TypeError("not listening on a port");
  const { port } = address;

  const down = async () => {
    if (!server.listening) return;
    server.close();
    sockets.forEach((socket) => socket.destroy());
    await once(server, "close");
  };
  return {
    port,
    down,
    hang() {
      hanging = true;
      sockets.forEach((socket) => socket.pause());
    },
    async up() {
      hanging = false;
      sockets.forEach((socket) => socket.resume());
      if (server.listening) return;
      server.listen(port, "127.0.0.1");
      await once(server, "listening");
    },
    [Symbol.asyncDispose]: down,
  };
}

/** A relay in front of a PostgreSQL server, whichever way its URL says to reach it. */
export async function relayPostgres(url: string): Promise<Relay & { url: string }> {
  const through = new URL(url);
  const socketDir = through.searchParams.get("host");
  const port = through.port || "5432";
  const relay = await startRelay(
    socketDir ? { path: `${socketDir}/.s.PGSQL.${port}` } : { host: through.hostname, port: Number(port) },
  );
  through.searchParams.delete("host");
  through.hostname = "127.0.0.1";
  through.port = String(relay.port);
  return { ...relay, url: through.href };
}
