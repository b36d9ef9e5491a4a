import { domainToASCII } from "node:url";

/** Longest address: the 256-octet path of RFC 5321 §4.5.3.1.3 without its angle brackets (erratum 1690). */
const EMAIL_CHARS_MAX = 254;
/** Longest part before the `@`, RFC 5321 §4.5.3.1.1. */
const EMAIL_LOCAL_CHARS_MAX = 64;

/**
 * The form of an address under which its owner is known: trimmed, NFC, all lower case, an international domain
 * as ASCII (IDNA, UTS #46). Never throws; check the result with {@link isValidEmail}.
 *
 * The part before the `@` is lowered although RFC 5321 calls it case-sensitive: no provider of note is, and one
 * person typing two cases must not become two authors. Dots and `+tags` stay: what they mean is each provider's
 * own rule, and guessing it would merge different people elsewhere.
 */
export function normaliseEmail(address: string): string {
  const text = address.trim().normalize("NFC");
  const at = text.lastIndexOf("@");
  if (at === -1) return text.toLowerCase();
  return `${text.slice(0, at).toLowerCase()}@${normaliseDomain(text.slice(at + 1))}`;
}

/**
 * Whether a normalised address is one that `<input type=email>` accepts (the WHATWG HTML rule, a deliberate
 * departure from RFC 5322: no quotes, comments or address literals) within the lengths of RFC 5321.
 */
export function isValidEmail(address: string): boolean {
  if (address.length > EMAIL_CHARS_MAX || address.indexOf("@") > EMAIL_LOCAL_CHARS_MAX) return false;
  return WHATWG_EMAIL.test(address);
}

// https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address
const WHATWG_EMAIL =
  /^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/;

// domainToASCII is a URL host parser: it would cut `a.example/x` and decode `%61`.
const ASCII_NOT_IN_DOMAINS = /[^\P{ASCII}a-z0-9.-]/u;

function normaliseDomain(domain: string): string {
  const lower = domain.toLowerCase();
  if (/^\p{ASCII}*$/u.test(lower) || ASCII_NOT_IN_DOMAINS.test(lower)) return lower;
  // An invalid international domain stays as written, and is then not a valid address.
  return domainToASCII(lower) || lower;
}
