import { isIP } from "node:net";

const MASK = "[masked]";
const TEXT_CHARS_MAX = 16_384;

const SECRET_WORDS =
  "password|passwd|secret|token|authorization|cookies?|e-?mails?|api[-_]?key|private[-_]?key|encryption[-_]?key";

/** Keys, by their ending, whose values are masked whatever they look like. */
const SECRET_KEY = new RegExp(`(?:${SECRET_WORDS}|remote-?_?address|forwarded(?:-for)?)$`, "i");
const IP_KEY = /(?:^|[_.-])ips?$|[a-z]I[pP]s?$/i;

/** `"password":"…"` of JSON inside a text, and `password=…` as in connection strings and query parameters. */
const ASSIGNMENTS = new RegExp(
  String.raw`((?:${SECRET_WORDS}|code|signature)(?:["']\s*:\s*["']?|=["']?))[^\s"'&;,}]{1,4096}`,
  "gi",
);
/** A header written out as text. */
const HEADERS = /\b((?:set-)?cookie|authorization)(\s*:\s*)[^\r\n]+/gi;
const CREDENTIALS = /\b(Bearer|Basic)\s+[\w.~+/=:-]{6,}/gi;
/** `user:password@` of a URL. */
const URL_USER = /:\/\/[^\s/?#]{1,500}@/g;
/** API tokens `pa_…`, edit tokens `pe_…`, form tokens `pf1_…`, webhook secrets `whsec_…`. */
const TOKENS = /(pa_[a-z]{2,10}_|pe_|pf\d_|whsec_)[\w.+/=-]{8,}/g;
/** Also internationalised ones (RFC 6531). */
const EMAILS =
  /[\p{L}\p{N}!#$%&'*+/=?^_`{|}~.-]{1,64}@(?:[\p{L}\p{M}\p{N}-]{1,63}\.){0,10}[\p{L}\p{M}\p{N}-]{1,63}/gu;
const IPV4 = /(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?!\w|\.\d)/g;
/** Candidates only, perhaps with a colon of the sentence behind. One that ends as an IPv4 address does has its end there. */
const IPV6 = /(?<![\w.])[\da-f]{0,4}(?::[\da-f]{0,4}){2,9}(?:(?:\.\d{1,3}){3}(?!\w|\.\d)|(?![\w:]))/gi;
/** Nobody's address: what a server listens on. */
const OWN_ADDRESS = /^(?:127(?:\.\d{1,3}){3}|0\.0\.0\.0|::1?)$/;

/**
 * A finished JSON log line without e-mail and IP addresses, tokens, cookies and passwords: by the name of a key,
 * and by what a text looks like wherever it stands. Texts past 16,384 characters are cut.
 */
export function maskLine(line: string): string {
  let record: unknown;
  try {
    record = JSON.parse(line);
  } catch {
    return `${JSON.stringify({ level: "error", msg: "a log line was not JSON and is left out" })}\n`;
  }
  return `${JSON.stringify(maskValue(record))}\n`;
}

function maskValue(value: unknown): unknown {
  if (typeof value === "string") return maskText(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(maskValue);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      maskText(key),
      isSecret(key, inner) ? MASK : maskValue(inner),
    ]),
  );
}

/** What is absent or only true or false gives nothing away. */
function isSecret(key: string, value: unknown): boolean {
  if (value === null || typeof value === "boolean") return false;
  return SECRET_KEY.test(key) || IP_KEY.test(key);
}

/** The text with everything masked that looks like an address, a token or a credential. Linear in its length. */
export function maskText(text: string): string {
  // Nothing below matches without one of these; most texts of a log have none.
  if (!/[@:.=_]|be|ba/i.test(text)) return text.length > TEXT_CHARS_MAX ? cut(text) : text;
  let masked = text.length > TEXT_CHARS_MAX ? cut(text) : text;
  masked = masked.replace(HEADERS, `$1$2${MASK}`).replace(CREDENTIALS, `$1 ${MASK}`);
  masked = masked.replace(ASSIGNMENTS, `$1${MASK}`).replace(TOKENS, `$1${MASK}`);
  if (masked.includes("@")) masked = masked.replace(URL_USER, `://${MASK}@`).replace(EMAILS, MASK);
  return masked.replace(IPV4, maskAddress).replace(IPV6, maskAddress);
}

function cut(text: string): string {
  return `${text.slice(0, TEXT_CHARS_MAX)} [cut]`;
}

function maskAddress(text: string): string {
  const address = isIP(text) === 0 ? text.replace(/:$/, "") : text;
  if (isIP(address) === 0 || OWN_ADDRESS.test(address)) return text;
  return MASK + text.slice(address.length);
}
