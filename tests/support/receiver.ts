import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import type {
  IncomingHttpHeaders,
  IncomingMessage,
  RequestListener,
  Server,
  ServerResponse,
} from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";

/** A request as it arrived; `body` is its exact bytes. */
export type ReceivedRequest = {
  method: string;
  /** Path and query. */
  url: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
};

/** A complete answer, or a way to misbehave. */
export type Reply =
  | { status: number; headers?: Record<string, string>; body?: string | Buffer; delayMs?: number }
  /** `hang` never answers, `reset` closes with RST, `garbage` answers something that is not HTTP. */
  | { fault: "hang" | "reset" | "garbage" }
  /** One more header byte every few milliseconds, for ever. */
  | { fault: "slow_headers"; everyMs?: number }
  /** Status and headers at once, then one body byte every few milliseconds, for ever. */
  | { fault: "drip_body"; status?: number; everyMs?: number }
  /** Status and headers at once, then as many bytes as the sender takes. */
  | { fault: "huge_body"; status?: number }
  /** Status, headers and a piece of the body, then the end of the connection. */
  | { fault: "cut_body"; status?: number };

export type ReceiverOptions = {
  /** One reply for all, a sequence whose last element repeats, or a function. 204 unless told. */
  respond?: Reply | Reply[] | ((request: ReceivedRequest, index: number) => Reply | Promise<Reply>);
  tls?: { key: string; cert: string };
};

/** A real HTTP server on a free local port that records what it is sent. */
export type Receiver = AsyncDisposable & {
  /** `http://127.0.0.1:<port>` or `https:`, without a slash at the end. */
  origin: string;
  port: number;
  /** In order of arrival, recorded once their body is complete. */
  requests: ReceivedRequest[];
  /** Connections accepted since the start, and those open now. */
  connections: { accepted: number; open: number };
  /** Changes what is answered from now on; a sequence begins anew. */
  setRespond(respond: NonNullable<ReceiverOptions["respond"]>): void;
  /** Resolves when `count` requests have arrived in all. */
  waitFor(count: number, timeoutMs?: number): Promise<ReceivedRequest[]>;
  /** Resolves when no connection is open. */
  waitUntilClosed(timeoutMs?: number): Promise<void>;
  close(): Promise<void>;
};

const WAIT_TIMEOUT_MS = 10_000;
const DRIP_MS = 10;

export async function startReceiver(options: ReceiverOptions = {}): Promise<Receiver> {
  let respond = options.respond ?? { status: 204 };
  let respondSince = 0;
  const requests: ReceivedRequest[] = [];
  const sockets = new Set<Socket>();
  const timers = new Set<NodeJS.Timeout>();
  const watchers = new Set<() => void>();
  const changed = () => watchers.forEach((check) => check());

  const listener: RequestListener = (request, response) => {
    void (async () => {
      const received = await receive(request);
      const index = requests.push(received) - 1 - respondSince;
      changed();
      const chosen = typeof respond === "function" ? await respond(received, index) : respond;
      const reply = Array.isArray(chosen)
        ? (chosen[Math.min(index, chosen.length - 1)] ?? { status: 204 })
        : chosen;
      send(reply, response, timers);
      // A sender that gives up in the middle is what many tests are about.
    })().catch(() => response.destroy());
  };
  const server: Server = options.tls ? createHttpsServer(options.tls, listener) : createHttpServer(listener);
  const connections = { accepted: 0, open: 0 };
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    connections.accepted += 1;
    connections.open += 1;
    socket.on("error", () => undefined);
    socket.once("close", () => {
      sockets.delete(socket);
      connections.open -= 1;
      changed();
    });
  });
  server.on("tlsClientError", () => undefined);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const port = portOf(server.address());

  const until = (what: () => string | null, timeoutMs: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const stop = () => {
        watchers.delete(check);
        clearTimeout(timer);
      };
      const check = () => {
        if (what() !== null) return;
        stop();
        resolve();
      };
      const timer = setTimeout(() => {
        stop();
        reject(new Error(`receiver: ${what()} after ${timeoutMs} ms`));
      }, timeoutMs);
      watchers.add(check);
      check();
    });

  const close = async (): Promise<void> => {
    timers.forEach((timer) => clearInterval(timer));
    sockets.forEach((socket) => socket.destroy());
    if (!server.listening) return;
    server.close();
    await once(server, "close");
  };
  return {
    origin: `${options.tls ? "https" : "http"}://127.0.0.1:${port}`,
    port,
    requests,
    connections,
    setRespond: (next) => {
      respond = next;
      respondSince = requests.length;
    },
    async waitFor(count, timeoutMs = WAIT_TIMEOUT_MS) {
      await until(
        () => (requests.length < count ? `${requests.length} of ${count} requests` : null),
        timeoutMs,
      );
      return requests;
    },
    waitUntilClosed: (timeoutMs = WAIT_TIMEOUT_MS) =>
      until(() => (connections.open > 0 ? `${connections.open} connections open` : null), timeoutMs),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function portOf(address: string | AddressInfo | null): number {
  if (typeof address !== "object" || !address) throw new TypeError("not listening on a port");
  return address.port;
}

async function receive(request: IncomingMessage): Promise<ReceivedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const { method = "", url = "", headers } = request;
  return { method, url, headers, body: Buffer.concat(chunks) };
}

function send(reply: Reply, response: ServerResponse, timers: Set<NodeJS.Timeout>): void {
  if (!("fault" in reply)) {
    const answer = () => response.writeHead(reply.status, reply.headers).end(reply.body);
    if (reply.delayMs) timers.add(setTimeout(answer, reply.delayMs));
    else answer();
    return;
  }
  const socket = response.socket;
  switch (reply.fault) {
    case "hang":
      return;
    case "reset":
      socket?.resetAndDestroy();
      return;
    case "garbage":
      socket?.end("220 mail.example ESMTP\r\n");
      return;
    case "slow_headers":
      socket?.write("HTTP/1.1 200 OK\r\nX-Slow: ");
      timers.add(setInterval(() => socket?.write("a"), reply.everyMs ?? DRIP_MS));
      return;
    case "drip_body":
      response.writeHead(reply.status ?? 200, { "content-type": "text/plain" });
      response.write("a");
      timers.add(setInterval(() => response.write("a"), reply.everyMs ?? DRIP_MS));
      return;
    case "huge_body":
      response.writeHead(reply.status ?? 200, { "content-type": "text/plain" });
      pour(response);
      return;
    case "cut_body":
      response.writeHead(reply.status ?? 200, { "content-type": "text/plain", "content-length": "1000" });
      response.write("partial", () => socket?.end());
  }
}

/** Writes as fast as it is read, until the connection is gone. */
function pour(response: ServerResponse): void {
  const piece = Buffer.alloc(65_536, "x");
  const more = () => {
    while (!response.destroyed && response.write(piece));
  };
  response.on("drain", more);
  more();
}
