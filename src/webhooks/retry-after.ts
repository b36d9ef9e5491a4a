/** Longest wait that a receiver's `Retry-After` may ask for: 24 h. */
export const RETRY_AFTER_SECONDS_MAX = 86_400;

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const TIME = String.raw`(?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)`;
// The three forms that RFC 9110 §5.6.7 obliges a recipient to read.
const HTTP_DATES = [
  new RegExp(String.raw`^[A-Z][a-z]{2}, (?<day>\d\d) (?<month>[A-Z][a-z]{2}) (?<year>\d{4}) ${TIME} GMT$`),
  new RegExp(String.raw`^[A-Z][a-z]+day, (?<day>\d\d)-(?<month>[A-Z][a-z]{2})-(?<year>\d\d) ${TIME} GMT$`),
  new RegExp(String.raw`^[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) (?<day>[ \d]\d) ${TIME} (?<year>\d{4})$`),
];

/**
 * The seconds that a `Retry-After` header asks for (RFC 9110 §10.2.3: whole seconds or an HTTP date), rounded up,
 * at least 0 and at most {@link RETRY_AFTER_SECONDS_MAX}. Null if there is none or it is neither form.
 */
export function parseRetryAfter(header: string | string[] | undefined, now: Date): number | null {
  const value = (Array.isArray(header) ? header[0] : header)?.trim();
  if (value === undefined) return null;
  const seconds = /^\d+$/.test(value) ? Number(value) : secondsUntil(value, now);
  return seconds === null ? null : Math.min(Math.max(seconds, 0), RETRY_AFTER_SECONDS_MAX);
}

function secondsUntil(value: string, now: Date): number | null {
  const at = parseHttpDate(value, now);
  return at === null ? null : Math.ceil((at - now.getTime()) / 1000);
}

function parseHttpDate(value: string, now: Date): number | null {
  for (const form of HTTP_DATES) {
    const parts = form.exec(value)?.groups;
    if (!parts) continue;
    const month = MONTHS.indexOf(parts["month"] ?? "");
    const [day, hour, minute, second] = [parts["day"], parts["hour"], parts["minute"], parts["second"]].map(
      Number,
    );
    const at = Date.UTC(fullYear(parts["year"] ?? "", now), month, day, hour, minute, second);
    return month === -1 ? null : at;
  }
  return null;
}

/** Two digits that seem more than 50 years ahead mean the past century (RFC 9110 §5.6.7). */
function fullYear(digits: string, now: Date): number {
  if (digits.length === 4) return Number(digits);
  const current = now.getUTCFullYear();
  const year = current - (current % 100) + Number(digits);
  return year > current + 50 ? year - 100 : year;
}
