import type { Log } from "../log.ts";

export type ReportError = (error: unknown, message: string) => void;

const EVERY_MS = 5_000;

/**
 * A backend that is away makes every connection and every worker complain several times a second: one line each
 * {@link EVERY_MS} is enough, and says how many were left out.
 */
export function throttleErrors(log: Log, everyMs = EVERY_MS): ReportError {
  let quietUntil = 0;
  let suppressed = 0;
  return (error, message) => {
    const now = performance.now();
    if (now < quietUntil) {
      suppressed += 1;
      return;
    }
    log.warn({ err: error, suppressed }, message);
    quietUntil = now + everyMs;
    suppressed = 0;
  };
}
