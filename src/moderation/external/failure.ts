/** Why a check by others gave no answer; kept with the decision as the reason that its facts are unavailable. */
export const EXTERNAL_FAILURES = [
  /** No complete answer in time. */
  "deadline",
  /** The host name does not resolve. */
  "dns",
  /** The guard refuses where the host leads. */
  "refused_address",
  /** The guard refuses the URL itself. */
  "refused_url",
  /** No secure connection came about. */
  "tls",
  /** Refused, reset or closed before the answer was complete. */
  "connection",
  /** The answer is not HTTP, or in a coding that was not asked for. */
  "protocol",
  /** The answer is longer than any right one. */
  "too_large",
  /** The answer points elsewhere; nothing follows it there. */
  "redirect",
  /** An answer other than 2xx. */
  "http_status",
  /** The answer makes no sense. */
  "unreadable",
  /** The other side does not want to answer: a wrong key, a limit, a blocked resolver. */
  "refused",
  /** It failed so often that nobody asks for a while. */
  "breaker_open",
  /** The site's own limit of calls is used up. */
  "budget",
  /** Too many calls are under way already. */
  "busy",
  /** What is stored cannot be used: the secret does not open, or the settings are of another release. */
  "misconfigured",
] as const;
export type ExternalFailureReason = (typeof EXTERNAL_FAILURES)[number];

/** Reasons that say nothing about the other side, which was not asked at all. */
export const NOT_ASKED: ReadonlySet<ExternalFailureReason> = new Set([
  "breaker_open",
  "budget",
  "busy",
  "misconfigured",
]);

/** A check by others without an answer. `detail` is short plain text: a status, an error's name. Never what was sent. */
export class ExternalFailure extends Error {
  readonly reason: ExternalFailureReason;
  readonly detail: string | null;
  /** How long the other side wants to be left alone. */
  readonly retryAfterSeconds: number | null;

  constructor(
    reason: ExternalFailureReason,
    detail: string | null = null,
    options: { retryAfterSeconds?: number | null; cause?: unknown } = {},
  ) {
    super(detail === null ? reason : `${reason} (${detail})`, { cause: options.cause });
    this.name = "ExternalFailure";
    this.reason = reason;
    this.detail = detail;
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
  }
}
