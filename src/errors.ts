import type { LimitState } from "./sites/rate-limits.ts";

/** The reasons for which a verb may refuse. The domain knows no HTTP status; `http/errors.ts` maps these. */
export const ERROR_CODES = [
  "invalid_input",
  "not_authenticated",
  "forbidden",
  "not_found",
  "conflict",
  "rate_limited",
  "too_large",
  "unsupported_media",
  "unavailable",
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** One wrong field of an input; `path` is dotted (`parentId`, `rules.2.when`), empty for the whole. */
export type FieldProblem = { path: string; message: string };

export type AppErrorOptions = {
  /** Machine-readable refinement of the code, e.g. `thread_closed`. */
  reason?: string;
  /** All the wrong fields, for `invalid_input`. */
  fields?: FieldProblem[];
  /** Extra members for the problem document. Never secrets, never personal data. */
  details?: Record<string, unknown>;
  /** Seconds after which the same call may succeed, for `rate_limited` and `unavailable`. */
  retryAfterSeconds?: number;
  /** The limit that is used up, for `rate_limited`. */
  limitState?: LimitState;
  cause?: unknown;
};

/** The one error type of the domain. `message` is shown to callers: a sentence without internals. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly reason: string | undefined;
  readonly fields: FieldProblem[];
  readonly details: Record<string, unknown>;
  readonly retryAfterSeconds: number | undefined;
  readonly limitState: LimitState | undefined;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.reason = options.reason;
    this.fields = options.fields ?? [];
    this.details = options.details ?? {};
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.limitState = options.limitState;
  }
}
