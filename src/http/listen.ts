import { Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import { Answer } from "./answer.ts";
import { createApp, createProbeApp } from "./app.ts";

export type Listening = AsyncDisposable & { address: { host: string; port: number } };

/** Milliseconds a client may take to send its headers, and its whole request: slow ones must not hold sockets. */
const HEADERS_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** Milliseconds that a connection without a request has for one once the server is closing. */
const SILENT_GRACE_MS = 250;

export function startHttp(ctx: Context): Promise<Listening> {
  return listen(ctx, createApp(ctx).fetch);
}

/** What a worker answers: whether it lives, is ready, and its figures. */
export function startProbes(ctx: Context): Promise<Listening> {
  return listen(ctx, createProbeApp(ctx).fetch);
}

async function listen(ctx: Context, fetch: ReturnType<typeof createApp>["fetch"]): Promise<Listening> {
  const server = createAdaptorServer({ fetch, serverOptions: { ServerResponse: Answer } });
  if (!(server instanceof Server)) throw new TypeError("The adaptor made another kind of server.");
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  const connections = trackConnections(server);
  const { host, port } = ctx.config.http;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(cannotListen(error, host, port)));
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const actualPort = typeof address === "object" && address !== null ? address.port : port;
  return {
    address: { host, port: actualPort },
    [Symbol.asyncDispose]: () => close(server, connections, ctx.config.shutdownTimeoutMs),
  };
}

function cannotListen(error: Error, host: string, port: number): AppError {
  const taken = "code" in error && error.code === "EADDRINUSE";
  const why = taken ? "the port is taken; choose another with PORT" : error.message;
  return new AppError("unavailable", `Cannot listen on ${host}:${port}: ${why}.`, { cause: error });
}

/** The latest answer on a connection; none while nothing has been asked. Browsers open some ahead, which Node does not count as idle. */
const ANSWER = Symbol("answer");
type Connection = Socket & { [ANSWER]?: ServerResponse };

/**
 * The connections that are open.
 *
 * Nothing is entered and taken out for each request: of a Set V8 lets the old table point to the new one whenever it is made anew, so
 * that one which has grown old keeps all later ones alive with the requests in them, until the next full collection. Every request was
 * copied twice by the collector, in pauses of more than 10 ms under load.
 */
function trackConnections(server: Server): Set<Connection> {
  const connections = new Set<Connection>();
  server.on("connection", (socket: Connection) => {
    connections.add(socket);
    socket.once("close", () => connections.delete(socket));
  });
  server.prependListener("request", ({ socket }: { socket: Connection }, answer: ServerResponse) => {
    socket[ANSWER] = answer;
    if (!server.listening) makeLast(server, answer);
  });
  return connections;
}

/** Clients that keep their connections busy are told to go, or they would be served until the end, and cut off in the middle. */
function makeLast(server: Server, answer: ServerResponse): void {
  if (!answer.headersSent) answer.setHeader("Connection", "close");
  answer.once("close", () => setImmediate(() => server.closeIdleConnections()));
}

/** Lets requests in flight end; whatever still hangs after the time limit is cut off. */
async function close(server: Server, connections: Set<Connection>, timeoutMs: number): Promise<void> {
  const timer = setTimeout(() => server.closeAllConnections(), timeoutMs);
  const grace = setTimeout(() => {
    for (const connection of connections) if (!connection[ANSWER]) connection.destroy();
  }, SILENT_GRACE_MS);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    for (const { [ANSWER]: answer } of connections) if (answer) makeLast(server, answer);
  });
  clearTimeout(timer);
  clearTimeout(grace);
}
