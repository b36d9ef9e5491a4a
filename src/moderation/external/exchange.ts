import type { Dispatcher } from "undici";
import type { WebhookAgent } from "../../webhooks/agent.ts";
import { failureOf } from "../../webhooks/attempt-error.ts";
import { parseWebhookUrl } from "../../webhooks/guard.ts";
import { parseRetryAfter } from "../../webhooks/retry-after.ts";
import { VERSION } from "../../version.ts";
import { ExternalFailure, type ExternalFailureReason } from "./failure.ts";

/** No right answer of any of these services comes near. */
const ANSWER_BYTES_MAX = 256 * 1024;

type HttpRequest = {
  url: string;
  /** Sent by POST; left out: GET. */
  body?: string;
  headers?: Readonly<Record<string, string>>;
};

export type HttpAnswer = { text: string; header(name: string): string | null };

/** Asks over HTTP/1.1, through the guard against private addresses. Follows no redirect. @throws ExternalFailure unless 2xx */
export type ExternalHttp = (request: HttpRequest, signal: AbortSignal) => Promise<HttpAnswer>;

/** @param now for `Retry-After`. */
export function createExternalHttp(agent: WebhookAgent, now: () => Date): ExternalHttp {
  return async (request, signal) => {
    try {
      return await exchange(agent, request, { signal, now });
    } catch (error) {
      if (error instanceof ExternalFailure) throw error;
      if (signal.aborted) throw new ExternalFailure("deadline");
      const { error: kind, detail } = failureOf(error);
      throw new ExternalFailure(REASONS[kind], detail, { cause: error });
    }
  };
}

const REASONS = {
  timeout: "deadline",
  dns: "dns",
  refused_address: "refused_address",
  refused_url: "refused_url",
  tls: "tls",
  connection: "connection",
  protocol: "protocol",
  too_large: "too_large",
  redirect: "redirect",
  http_status: "http_status",
  invalid_request: "misconfigured",
} as const satisfies Record<string, ExternalFailureReason>;

async function exchange(
  agent: WebhookAgent,
  { url: target, body, headers }: HttpRequest,
  { signal, now }: { signal: AbortSignal; now: () => Date },
): Promise<HttpAnswer> {
  const url = parseWebhookUrl(target, agent.guard);
  const response = await agent.request({
    origin: url.origin,
    path: url.pathname + url.search,
    method: body === undefined ? "GET" : "POST",
    headers: { "user-agent": `Parley/${VERSION}`, accept: "*/*", ...headers },
    ...(body === undefined ? {} : { body }),
    signal,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const { statusCode: status } = response;
  const header = (name: string) => {
    const value = response.headers[name];
    return value === undefined ? null : [value].flat().join(", ");
  };
  if (status < 200 || status > 299) {
    discard(response.body);
    const retryAfterSeconds = parseRetryAfter(response.headers["retry-after"], now());
    const reason = status >= 300 && status < 400 ? "redirect" : "http_status";
    throw new ExternalFailure(reason, String(status), { retryAfterSeconds });
  }
  if ((header("content-encoding") ?? "identity") !== "identity") {
    discard(response.body);
    throw new ExternalFailure("protocol", "content-encoding");
  }
  return { text: await readText(response.body), header };
}

/** What nobody wants to read: its end is not waited for. */
function discard(body: Dispatcher.ResponseData["body"]): void {
  body.on("error", () => undefined);
  body.destroy();
}

async function readText(body: Dispatcher.ResponseData["body"]): Promise<string> {
  // Leaving the loop early destroys the connection, which the stream reports as an error of its own.
  body.on("error", () => undefined);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES_MAX) throw new ExternalFailure("too_large");
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}
