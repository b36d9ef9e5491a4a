import { isIP } from "node:net";
import type { LookupFunction } from "node:net";
import { Agent, buildConnector } from "undici";
import { AppError } from "../errors.ts";
import { assertAddressAllowed, assertTargetAllowed, resolveAllowed } from "./guard.ts";
import type { WebhookGuard } from "./guard.ts";

const CONNECT_TIMEOUT_MS = 10_000;
/** An idle connection is kept this long, and no longer, whatever the receiver's `Keep-Alive` says. */
const KEEP_ALIVE_MS = 4_000;
const RESPONSE_HEADER_BYTES_MAX = 16_384;

export type WebhookAgentOptions = {
  /** Opens the connections instead of undici's connector, unguarded by itself; for tests. */
  connect?: buildConnector.connector;
};

/**
 * The pool of connections to webhook receivers. All of them pass the guard: by the URL, by each address the name
 * resolves to (and only those are dialled, so a second look-up cannot differ), and by the socket's far end.
 * HTTP/1.1 only, no redirects. Close it with `await agent.close()`.
 */
export class WebhookAgent extends Agent {
  readonly guard: WebhookGuard;

  constructor(guard: WebhookGuard, options: WebhookAgentOptions = {}) {
    const connect = options.connect ?? pinnedConnector(guard);
    super({
      connect: guardedConnector(guard, connect),
      allowH2: false,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: RESPONSE_HEADER_BYTES_MAX,
    });
    this.guard = guard;
  }
}

/** A look-up alone guards nothing: literal addresses never reach one. Hence before and after, too. */
function guardedConnector(guard: WebhookGuard, connect: buildConnector.connector): buildConnector.connector {
  return (options, callback) => {
    try {
      assertTargetAllowed(guard, options);
    } catch (error) {
      callback(asError(error), null);
      return;
    }
    connect(options, (...[error, socket]) => {
      if (error) {
        callback(error, null);
        return;
      }
      try {
        assertAddressAllowed(guard, socket.remoteAddress ?? "", "The connection has reached");
      } catch (refusal) {
        socket.destroy();
        callback(asError(refusal), null);
        return;
      }
      callback(null, socket);
    });
  };
}

function pinnedConnector(guard: WebhookGuard): buildConnector.connector {
  return buildConnector({ lookup: guardedLookup(guard), timeout: CONNECT_TIMEOUT_MS, allowH2: false });
}

function guardedLookup(guard: WebhookGuard): LookupFunction {
  return (hostname, options, callback) => {
    void answerLookup(guard, hostname, options.all === true, callback);
  };
}

async function answerLookup(
  guard: WebhookGuard,
  hostname: string,
  all: boolean,
  callback: Parameters<LookupFunction>[2],
): Promise<void> {
  let addresses: string[];
  try {
    addresses = await resolveAllowed(guard, hostname);
  } catch (error) {
    callback(asError(error), "");
    return;
  }
  const found = addresses.map((address) => ({ address, family: isIP(address) }));
  if (all) callback(null, found);
  else callback(null, found[0]?.address ?? "", found[0]?.family);
}

function asError(error: unknown): Error {
  return error instanceof Error
    ? error
    : new AppError("unavailable", "The connection failed.", { cause: error });
}
