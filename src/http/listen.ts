import { Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
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
  const server = createAdaptorServer({ fetch });
  if (!(server instanceof Server)) throw new TypeError("The adaptor made another kind of server.");
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  const answering = trackAnswers(server);
  const silent = trackSilent(server);
  const { host, port } = ctx.config.http;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(cannotListen(error, host, port)));
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const actualPort = typeof address === "object" && address !== null ? address.port : port;
  return {
    address: { host, port: actualPort },
    [Symbol.asyncDispose]: () => close(server, { answering, silent }, ctx.config.shutdownTimeoutMs),
  };
}

function cannotListen(error: Error, host: string, port: number): AppError {
  const taken = "code" in error && error.code === "EADDRINUSE";
  const why = taken ? "the port is taken; choose another with PORT" : error.message;
  return new AppError("unavailable", `Cannot listen on ${host}:${port}: ${why}.`, { cause: error });
}

/**
 * The answers under way, with gaps. Once the server is closing, each is the last on its connection.
 *
 * In slots, not in a Set: each time its table is made anew, V8 lets the old one point to the new one. So a table that has grown old
 * keeps all later ones alive with the requests in them, until the next full collection: every request was copied twice by the
 * collector, in pauses of more than 10 ms under load.
 */
function trackAnswers(server: Server): (ServerResponse | undefined)[] {
  const answering: (ServerResponse | undefined)[] = [];
  const free: number[] = [];
  server.prependListener("request", (_request, response: ServerResponse) => {
    if (!server.listening) response.setHeader("Connection", "close");
    const slot = free.pop() ?? answering.length;
    answering[slot] = response;
    response.once("close", () => {
      answering[slot] = undefined;
      free.push(slot);
      if (!server.listening) setImmediate(() => server.closeIdleConnections());
    });
  });
  return answering;
}

/** Connections that have not asked for anything yet; browsers open some ahead. Node does not count them as idle. */
function trackSilent(server: Server): Set<Socket> {
  const silent = new Set<Socket>();
  server.on("connection", (socket) => {
    silent.add(socket);
    socket.once("close", () => silent.delete(socket));
  });
  server.prependListener("request", ({ socket }) => silent.delete(socket));
  return silent;
}

type Open = { answering: readonly (ServerResponse | undefined)[]; silent: Set<Socket> };

/**
 * Lets requests in flight end; whatever still hangs after the time limit is cut off. Clients that keep their connections
 * busy are told to go, or they would be served until then, and cut off in the middle.
 */
async function close(server: Server, { answering, silent }: Open, timeoutMs: number): Promise<void> {
  const timer = setTimeout(() => server.closeAllConnections(), timeoutMs);
  const grace = setTimeout(() => {
    for (const socket of silent) socket.destroy();
  }, SILENT_GRACE_MS);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    for (const response of answering) {
      if (response?.headersSent === false) response.setHeader("Connection", "close");
    }
  });
  clearTimeout(timer);
  clearTimeout(grace);
}
