import { errors } from "undici";
import type { Clock } from "../../clock.ts";
import type { WebhookAgent } from "../../webhooks/agent.ts";
import { type AttemptError, failureOf } from "../../webhooks/attempt-error.ts";
import { parseWebhookUrl } from "../../webhooks/guard.ts";
import { parseRetryAfter } from "../../webhooks/retry-after.ts";
import { VERSION } from "../../version.ts";
import { CheckFailure, type CheckFailureReason } from "./failure.ts";

const ANSWER_BYTES_MAX = 262_144;

type ExchangeRequest = {
  method: "GET" | "POST";
  url: string;
  headers?: Readonly<Record<string, string>>;
  body?: string;
};

/** A whole answer with a status of 2xx. */
export type Answer = { headers: Readonly<Record<string, string | string[] | undefined>>; text: string };

/** One request and its answer. @throws CheckFailure for everything but a complete 2xx answer of bearable size. */
export type Exchange = (request: ExchangeRequest) => Promise<Answer>;

/** Nothing is followed, nothing is repeated, and nothing is sent where the guard does not allow it. */
export function createExchange(agent: WebhookAgent, clock: Clock, signal: AbortSignal): Exchange {
  return async (request) => {
    try {
      return await exchange(agent, clock, signal, request);
    } catch (error) {
      if (error instanceof CheckFailure) throw error;
      throw signal.aborted ? new CheckFailure("deadline") : connectionFailure(error);
    }
  };
}

async function exchange(
  agent: WebhookAgent,
  clock: Clock,
  signal: AbortSignal,
  request: ExchangeRequest,
): Promise<Answer> {
  const url = parseWebhookUrl(request.url, agent.guard);
  const response = await agent.request({
    origin: url.origin,
    path: url.pathname + url.search,
    method: request.method,
    headers: { "user-agent": `Parley/${VERSION}`, ...request.headers },
    body: request.body ?? null,
    signal,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const { statusCode: status, headers, body } = response;
  const text = await readText(body);
  if (status >= 200 && status < 300) return { headers, text };
  const detail = String(status);
  if (status === 429) {
    const retryAfterSeconds = parseRetryAfter(headers["retry-after"], clock.now());
    throw new CheckFailure("rate_limited", { detail, retryAfterSeconds });
  }
  throw new CheckFailure(status === 401 || status === 403 ? "refused" : "http_status", { detail });
}

async function readText(
  body: AsyncIterable<Uint8Array> & { on(event: "error", listener: () => void): unknown },
): Promise<string> {
  // Leaving the loop early destroys the connection, which the stream reports as an error of its own.
  body.on("error", () => undefined);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES_MAX) throw new CheckFailure("too_large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function connectionFailure(error: unknown): CheckFailure {
  const { error: kind, detail } = failureOf(error);
  const isClosed = error instanceof errors.SocketError;
  return new CheckFailure(REASON_OF[kind] ?? "connection", {
    detail: isClosed ? "closed" : (detail ?? kind),
  });
}

const REASON_OF: Partial<Record<AttemptError, CheckFailureReason>> = {
  refused_address: "refused",
  refused_url: "refused",
  invalid_request: "refused",
  timeout: "deadline",
  too_large: "too_large",
  protocol: "parse",
};

/** The JSON of an answer. @throws CheckFailure `parse` when it is none, or not said to be. */
export function readJson({ headers, text }: Answer): unknown {
  if (!/^application\/(?:[\w.-]+\+)?json\b/i.test(String(headers["content-type"] ?? ""))) {
    throw new CheckFailure("parse", { detail: "not application/json" });
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new CheckFailure("parse", { detail: "not JSON" });
  }
}
