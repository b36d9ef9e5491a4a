/** One limit that applied to a request, and what is left of it. */
export type RateLimit = {
  /** What it limits, e.g. `ip`; shown to clients. Printable ASCII. */
  name: string;
  quota: number;
  windowSeconds: number;
  remaining: number;
  /** Until `remaining` grows again. */
  resetSeconds: number;
};

/** The largest integer of a structured field (RFC 9651 §3.3.1). */
const INTEGER_MAX = 999_999_999_999_999;

/**
 * `RateLimit-Policy: "ip";q=20;w=600` and `RateLimit: "ip";r=3;t=120`, one list item for each limit
 * (draft-ietf-httpapi-ratelimit-headers-11). No headers for no limits.
 */
export function rateLimitHeaders(limits: readonly RateLimit[]): Record<string, string> {
  if (limits.length === 0) return {};
  const policies = limits.map(
    ({ name, quota, windowSeconds }) =>
      `${sfString(name)};q=${sfInteger(quota)};w=${sfInteger(windowSeconds)}`,
  );
  const states = limits.map(
    // Rounded so that a client that obeys is never refused: less left, a longer wait.
    ({ name, remaining, resetSeconds }) =>
      `${sfString(name)};r=${sfInteger(Math.floor(remaining))};t=${sfInteger(resetSeconds)}`,
  );
  return { "RateLimit-Policy": policies.join(", "), RateLimit: states.join(", ") };
}

/** The value of `Retry-After` in whole seconds, at least 1 (RFC 9110 §10.2.3). */
export function retryAfterValue(seconds: number): string {
  return String(Math.max(1, sfInteger(seconds)));
}

function sfString(text: string): string {
  if (/^[\w-]*$/.test(text)) return `"${text}"`;
  return `"${text.replaceAll(/[^\x20-\x7e]/g, "").replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

function sfInteger(value: number): number {
  return Number.isNaN(value) ? 0 : Math.min(INTEGER_MAX, Math.max(0, Math.ceil(value)));
}
