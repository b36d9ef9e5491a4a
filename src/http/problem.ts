import type { AppError, ErrorCode, FieldProblem } from "../errors.ts";
import { rateLimitHeaders, retryAfterValue } from "./rate-limit-headers.ts";

export const PROBLEM_CONTENT_TYPE = "application/problem+json";

/** The body of every refusal (RFC 9457). The error's `details` stand beside these members, never over them. */
export type Problem = {
  /** `urn:parley:problem:<code>`: an identifier, the same on every instance, with nothing to fetch behind it. */
  type: string;
  title: string;
  status: number;
  /** A sentence about this occurrence. */
  detail: string;
  /** The path of the request, if given. */
  instance?: string;
  code: ErrorCode;
  /** Refines the code, e.g. `thread_closed`. */
  reason?: string;
  requestId: string;
  /** Every wrong field of the input. */
  errors?: FieldProblem[];
  retryAfterSeconds?: number;
  [detail: string]: unknown;
};

export type ProblemStatus = 401 | 403 | 404 | 409 | 413 | 415 | 422 | 429 | 503;

const KINDS: Readonly<Record<ErrorCode, { status: ProblemStatus; title: string }>> = {
  invalid_input: { status: 422, title: "The input is not valid" },
  not_authenticated: { status: 401, title: "Not signed in" },
  forbidden: { status: 403, title: "Not allowed" },
  not_found: { status: 404, title: "Not found" },
  conflict: { status: 409, title: "Not possible in the present state" },
  rate_limited: { status: 429, title: "Too many requests" },
  too_large: { status: 413, title: "Too large" },
  unsupported_media: { status: 415, title: "Unsupported media type" },
  unavailable: { status: 503, title: "Not available at the moment" },
};

/**
 * The answer to a refusal: status, headers (content type, `Retry-After`, `RateLimit`) and problem document. Only for the
 * domain's own errors; any other is answered without its message.
 * @param context.instance the path of the request, without its query, which may hold personal data.
 */
export function problemFromError(
  error: AppError,
  context: { requestId: string; instance?: string },
): { status: ProblemStatus; headers: Record<string, string>; body: Problem } {
  const { status, title } = KINDS[error.code];
  const headers: Record<string, string> = {
    "Content-Type": PROBLEM_CONTENT_TYPE,
    "Cache-Control": "no-store",
  };
  const body: Problem = {
    ...error.details,
    type: `urn:parley:problem:${error.code}`,
    title,
    status,
    detail: error.message,
    code: error.code,
    requestId: context.requestId,
  };
  if (context.instance !== undefined) body.instance = context.instance;
  if (error.reason !== undefined) body.reason = error.reason;
  if (error.fields.length > 0) body.errors = error.fields;
  if (error.retryAfterSeconds !== undefined) {
    headers["Retry-After"] = retryAfterValue(error.retryAfterSeconds);
    body.retryAfterSeconds = Number(headers["Retry-After"]);
  }
  const { limitState } = error;
  if (limitState) Object.assign(headers, rateLimitHeaders([{ ...limitState, quota: limitState.limit }]));
  return { status, headers, body };
}
