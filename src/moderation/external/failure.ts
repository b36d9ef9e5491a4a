/** Why an external check has no answer; what `unavailable` evidence says. */
export const CHECK_FAILURES = [
  /** No complete answer within the time limit. */
  "deadline",
  /** As many calls as allowed were under way, for too long. */
  "busy",
  /** It failed too often just now, and is left alone for a while. */
  "breaker_open",
  /** The calls of this minute or day are used up. */
  "budget",
  /** The guard refuses where it leads, or it refuses us: a wrong key, say, or a resolver that it does not serve. */
  "refused",
  /** It asked us to slow down. */
  "rate_limited",
  /** Any other answer but 2xx; redirects are not followed. */
  "http_status",
  /** No connection, or one that broke off. */
  "connection",
  /** More than anyone needs to read. */
  "too_large",
  /** Not what its protocol allows, or contradicting itself. */
  "parse",
] as const;
export type CheckFailureReason = (typeof CHECK_FAILURES)[number];

const DETAIL_CHARS_MAX = 120;

export class CheckFailure extends Error {
  readonly reason: CheckFailureReason;
  /** A status, or a service's own word for it; plain ASCII, and never anything of the comment. */
  readonly detail: string | null;
  readonly retryAfterSeconds: number | null;

  constructor(
    reason: CheckFailureReason,
    { detail, retryAfterSeconds }: { detail?: string; retryAfterSeconds?: number | null } = {},
  ) {
    const shown = detail?.replaceAll(/[^\x20-\x7e]/g, " ").slice(0, DETAIL_CHARS_MAX) ?? null;
    super(shown === null ? reason : `${reason} (${shown})`);
    this.name = "CheckFailure";
    this.reason = reason;
    this.detail = shown;
    this.retryAfterSeconds = retryAfterSeconds ?? null;
  }
}
