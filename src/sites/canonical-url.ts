import { getDomain } from "tldts";
import { AppError } from "../errors.ts";
import { isTrackingParameter } from "./tracking-parameters.ts";

const URL_CHARS_MAX = 2_048;
const ORIGIN_CHARS_MAX = 300;

/**
 * The one spelling of an article's address under which its thread is known. An identity, not a link: keep the
 * address as given for linking. RFC 3986 §6.2.2 and §6.2.3 (case, percent-encoding, dot segments, default ports,
 * empty path), and beyond it: https for http, no fragment (also none after `#!`, given up by search engines in
 * 2018), no trailing slashes or `index.html`, no tracking parameters, the others sorted by name.
 *
 * Kept apart, since they may be different pages: `www.`, doubled slashes within, case of the path, `a` and `a=`,
 * `+` and `%20`, AMP variants.
 * @throws AppError `invalid_input`, field `url`: not an http(s) address, with a user name, or over 2,048 characters.
 */
export function canonicalUrl(input: string): string {
  if (input.length > URL_CHARS_MAX) throw badUrl(`must be at most ${URL_CHARS_MAX} characters`);
  const url = parseHttpUrl(input.trim());
  if (!url) throw badUrl("must be an http or https address");
  if (url.username || url.password) throw badUrl("must not contain a user name or password");
  const canonical = `https://${canonicalHost(url)}${canonicalPath(url.pathname)}${canonicalQuery(url.search)}`;
  if (canonical.length > URL_CHARS_MAX) throw badUrl(`must be at most ${URL_CHARS_MAX} characters, encoded`);
  return canonical;
}

/** Stricter than browsers, which also read `https:example.org` and skip line breaks within an address. */
function parseHttpUrl(text: string): URL | undefined {
  if (!/^https?:\/\//i.test(text) || /\p{Cc}/u.test(text)) return undefined;
  return URL.parse(text) ?? undefined;
}

function canonicalHost(url: URL): string {
  // A final dot only says that the name is complete.
  const name = url.hostname.replace(/\.$/, "");
  if (name === "" || name.endsWith(".")) throw badUrl("must name a host");
  return url.port === "" || url.port === "443" ? name : `${name}:${url.port}`;
}

function canonicalPath(path: string): string {
  const segments = normaliseEncoding(path).split("/");
  while (segments.length > 1 && isIndex(segments.at(-1) ?? "")) segments.pop();
  return segments.length > 1 ? segments.join("/") : "/";
}

function isIndex(segment: string): boolean {
  return ["", "index.html", "index.htm", "index.php"].includes(segment);
}

function canonicalQuery(search: string): string {
  const parameters = search
    .slice(1)
    .split("&")
    .filter((parameter) => parameter !== "")
    .map(normaliseEncoding)
    .map((text) => ({ name: text.split("=", 1)[0] ?? "", text }))
    .filter(({ name }) => !isTrackingParameter(name))
    // Stable: the order of equal names may carry meaning.
    .toSorted((a, b) => Number(a.name > b.name) - Number(a.name < b.name));
  return parameters.length === 0 ? "" : `?${parameters.map(({ text }) => text).join("&")}`;
}

/** RFC 3986 §6.2.2.1–2: decodes what needs no encoding, encodes what does, hex digits in capitals. */
function normaliseEncoding(text: string): string {
  return text.replace(/%[\da-f]{2}|[^\w.~!$&'()*+,;=:@/?-]/gi, (match) => {
    if (match.length === 1) return percent(match.charCodeAt(0));
    const code = Number.parseInt(match.slice(1), 16);
    const character = String.fromCharCode(code);
    return /[\w.~-]/.test(character) ? character : percent(code);
  });
}

function percent(code: number): string {
  return `%${code.toString(16).toUpperCase().padStart(2, "0")}`;
}

function badUrl(message: string): AppError {
  return new AppError("invalid_input", `The address ${message}.`, { fields: [{ path: "url", message }] });
}

/**
 * Whether an address as given (canonicalised, an http origin would be lost) belongs to one of a site's origins,
 * each as {@link parseOrigin} returns it. Also for `Origin` headers. Never throws.
 */
export function isOfOrigins(url: string, origins: readonly string[]): boolean {
  const parsed = parseHttpUrl(url.trim());
  if (!parsed || parsed.username || parsed.password) return false;
  return origins.some((origin) => matchesOrigin(parsed.origin, origin));
}

function matchesOrigin(candidate: string, origin: string): boolean {
  const [scheme = "", suffix] = origin.split("*");
  if (suffix === undefined) return candidate === origin;
  // `https://*` + `.example.org:8443`: something must stand where the star is.
  return candidate.length > origin.length - 1 && candidate.startsWith(scheme) && candidate.endsWith(suffix);
}

/**
 * One entry of a site's origins in its normal form: `https://example.org`, `http://localhost:3000`, or with all
 * subdomains but not the domain itself `https://*.example.org`.
 * @param field the name under which a problem is reported.
 * @throws AppError `invalid_input` for anything else, also for a star before a public suffix (`*.co.uk`).
 */
export function parseOrigin(text: string, field = "origin"): string {
  const [, scheme = "", star = "", rest = ""] = /^(https?:\/\/)(\*\.)?([^*]+)$/i.exec(text.trim()) ?? [];
  const url = rest.length > ORIGIN_CHARS_MAX ? undefined : parseHttpUrl(scheme + rest);
  if (!url || url.username || url.password || url.pathname !== "/" || url.search || url.hash) {
    throw badOrigin(field, "must be an origin such as https://example.org or https://*.example.org");
  }
  if (star && url.hostname !== "localhost" && !getDomain(url.hostname, { allowPrivateDomains: true })) {
    throw badOrigin(field, "must have a domain of your own after the star");
  }
  return star ? `${url.protocol}//*.${url.host}` : url.origin;
}

function badOrigin(field: string, message: string): AppError {
  return new AppError("invalid_input", `The origin ${message}.`, { fields: [{ path: field, message }] });
}
