import { Socket } from "node:net";
import type { Client, Pool, PoolClient } from "pg";

const LOOK_EVERY_MS = 1_000;

type Watched = {
  client: PoolClient;
  isInUse: boolean;
  /** What had come back in all at the last look, and the looks since then that saw nothing more. */
  bytesRead: number;
  silentLooks: number;
};

/**
 * Hangs up on a connection in use on which nothing has come back for `limitMs`, so that a server that hangs does not take our
 * callers with it: what they wait for fails as it does when the server hangs up. In place of the driver's `query_timeout`: a timer for each
 * query leads the collector from dead queries to living ones, and each is copied twice before it may go. Looks are counted, not
 * time: while this process was busy itself, nobody looked for what had come.
 */
export function hangUpOnSilence(pool: Pool, limitMs: number, lookEveryMs = LOOK_EVERY_MS): Disposable {
  const watched: Watched[] = [];
  const setInUse = (client: PoolClient, isInUse: boolean) => {
    const one = watched.find((each) => each.client === client);
    if (one) Object.assign(one, { isInUse, silentLooks: 0 });
  };
  pool.on("connect", (client) => {
    watched.push({ client, isInUse: true, bytesRead: 0, silentLooks: 0 });
  });
  pool.on("acquire", (client) => setInUse(client, true));
  pool.on("release", (_error, client) => setInUse(client, false));
  pool.on("remove", (client) => {
    const at = watched.findIndex((each) => each.client === client);
    if (at !== -1) watched.splice(at, 1);
  });
  const timer = setInterval(() => {
    for (const one of watched) {
      const socket = socketOf(one.client);
      if (!one.isInUse || socket === undefined) continue;
      one.silentLooks = socket.bytesRead === one.bytesRead ? one.silentLooks + 1 : 0;
      one.bytesRead = socket.bytesRead;
      if (one.silentLooks * lookEveryMs > limitMs) socket.destroy();
    }
  }, lookEveryMs);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

function socketOf(client: PoolClient & Partial<Pick<Client, "connection">>): Socket | undefined {
  const stream = client.connection?.stream;
  return stream instanceof Socket ? stream : undefined;
}
