import type { Dispatcher } from "undici";
import type { Clock } from "../clock.ts";
import type { WebhookAgent } from "./agent.ts";
import { failureOf } from "./attempt-error.ts";
import type { AttemptError, Failure } from "./attempt-error.ts";
import { excerptOf, plainText } from "./excerpt.ts";
import { parseWebhookUrl } from "./guard.ts";
import { parseRetryAfter } from "./retry-after.ts";
import { signWebhook } from "./signature.ts";
import type { SignWebhookInput } from "./signature.ts";

/** Within the 15 to 30 s of Standard Webhooks. */
export const ATTEMPT_TIMEOUT_MS = 20_000;
const RESPONSE_BYTES_MAX = 16_384;
const LOCATION_CHARS_MAX = 200;

export type AttemptRequest = SignWebhookInput & {
  url: string;
  /** The endpoint's own headers; those that Parley or HTTP itself needs are left out. */
  headers?: Readonly<Record<string, string>>;
};

export type AttemptOptions = {
  agent: WebhookAgent;
  clock: Clock;
  /** Parley's version, for `User-Agent`. */
  version: string;
  /** For everything together: DNS, connection, TLS, headers and body. */
  timeoutMs?: number;
  /** How much of the answer's body is read; the connection is destroyed beyond. */
  responseBytesMax?: number;
};

export type AttemptResult = {
  /** `gone` is 410: the receiver wants no more of anything. */
  outcome: "delivered" | "failed" | "gone";
  /** Null if no answer began. An answer that began with 2xx but never ended has a status and still failed. */
  statusCode: number | null;
  error: AttemptError | null;
  /** The underlying error's name, or where a redirect pointed. */
  errorDetail: string | null;
  durationMs: number;
  /** Plain text, at most `EXCERPT_CHARS_MAX`. Receivers may echo the event: as personal as the payload. */
  responseExcerpt: string;
  /** 0 to 86,400; only of an answer that did not deliver. */
  retryAfterSeconds: number | null;
};

/** What is known so far, so that a deadline in the middle of an answer loses nothing. */
type Answer = {
  statusCode: number | null;
  headers: Dispatcher.ResponseData["headers"];
  chunks: Uint8Array[];
};

/**
 * One try to deliver one event to one endpoint. Never throws: each failure is a result. Delivered means a 2xx
 * answer that ended, or was longer than anyone needs to read, within the time limit.
 */
export async function sendAttempt(request: AttemptRequest, options: AttemptOptions): Promise<AttemptResult> {
  const startedMs = performance.now();
  const answer: Answer = { statusCode: null, headers: {}, chunks: [] };
  const failure = await exchange(request, options, answer);
  const { outcome, error, detail } = judge(answer, failure);
  return {
    outcome,
    statusCode: answer.statusCode,
    error,
    errorDetail: detail,
    durationMs: Math.round(performance.now() - startedMs),
    responseExcerpt: excerptOf(Buffer.concat(answer.chunks), answer.headers),
    retryAfterSeconds:
      outcome === "delivered" ? null : parseRetryAfter(answer.headers["retry-after"], options.clock.now()),
  };
}

/** Sends and reads until the answer ends or time is up; returns what went wrong, if anything. */
async function exchange(
  request: AttemptRequest,
  options: AttemptOptions,
  answer: Answer,
): Promise<Failure | null> {
  const abort = new AbortController();
  const { promise: deadline, resolve } = Promise.withResolvers<Failure>();
  const timer = setTimeout(() => {
    // undici heeds the signal only once it has a connection: hence the race as well.
    abort.abort();
    resolve({ error: "timeout", detail: null });
  }, options.timeoutMs ?? ATTEMPT_TIMEOUT_MS);
  try {
    return await Promise.race([post(request, options, answer, abort.signal), deadline]);
  } finally {
    clearTimeout(timer);
  }
}

async function post(
  request: AttemptRequest,
  { agent, version, responseBytesMax = RESPONSE_BYTES_MAX }: AttemptOptions,
  answer: Answer,
  signal: AbortSignal,
): Promise<Failure | null> {
  try {
    const url = parseWebhookUrl(request.url, agent.guard);
    const response = await agent.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: "POST",
      headers: headersOf(request, version),
      body: request.body,
      signal,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    answer.statusCode = response.statusCode;
    answer.headers = response.headers;
    await readSome(response.body, responseBytesMax, answer.chunks);
    return null;
  } catch (error) {
    return signal.aborted ? { error: "timeout", detail: null } : failureOf(error);
  }
}

async function readSome(
  body: Dispatcher.ResponseData["body"],
  bytesMax: number,
  chunks: Uint8Array[],
): Promise<void> {
  // Leaving the loop early destroys the connection, which the stream reports as an error of its own.
  body.on("error", () => undefined);
  let bytesLeft = bytesMax;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    chunks.push(chunk.subarray(0, bytesLeft));
    bytesLeft -= chunk.length;
    if (bytesLeft < 0) return;
  }
}

/** An answer but 2xx says more than how it broke off. Without one, or with half of a 2xx, the failure stands. */
function judge(
  { statusCode, headers }: Answer,
  failure: Failure | null,
): { outcome: AttemptResult["outcome"]; error: AttemptError | null; detail: string | null } {
  if (statusCode === null)
    return { outcome: "failed", error: failure?.error ?? "connection", detail: failure?.detail ?? null };
  if (statusCode === 410) return { outcome: "gone", error: "http_status", detail: null };
  if (statusCode >= 300 && statusCode < 400) {
    const location = plainText(String(headers["location"] ?? ""), LOCATION_CHARS_MAX);
    return { outcome: "failed", error: "redirect", detail: location || null };
  }
  if (statusCode < 200 || statusCode >= 300) return { outcome: "failed", error: "http_status", detail: null };
  if (failure) return { outcome: "failed", ...failure };
  return { outcome: "delivered", error: null, detail: null };
}

/** Names an endpoint's own headers may not take: ours, and those that steer the connection or a proxy. */
const RESERVED_HEADERS =
  /^(?:webhook-.*|host|content-(?:type|length|encoding)|transfer-encoding|connection|keep-alive|upgrade|te|trailer|expect|user-agent|proxy-.*)$/i;

function headersOf(request: AttemptRequest, version: string): Record<string, string> {
  const own = Object.entries(request.headers ?? {}).filter(([name]) => !RESERVED_HEADERS.test(name));
  return {
    ...Object.fromEntries(own),
    "content-type": "application/json",
    "user-agent": `Parley-Webhooks/${version}`,
    "webhook-id": request.id,
    "webhook-timestamp": String(request.timestampSeconds),
    "webhook-signature": signWebhook(request),
  };
}
