import { domainToUnicode } from "node:url";
import {
  ARMENIAN,
  CHEROKEE,
  classOf,
  COPTIC,
  CYRILLIC,
  GREEK,
  LATIN,
  LETTER,
  scriptOf,
} from "./characters.ts";
import { CYRILLIC_LIKE_LATIN } from "./look-alikes.ts";

/**
 * Whether a host imitates another: a label that mixes look-alike scripts, or one made only of Cyrillic letters that look
 * Latin under a Latin ending. After Chromium's IDN display policy and UTS #39 §5; punycode is decoded first.
 */
export function isHomograph(host: string): boolean {
  if (PLAIN_ASCII.test(host) && !host.includes("xn--")) return false;
  const labels = (host.includes("xn--") ? domainToUnicode(host) || host : host).split(".");
  const ending = labels.at(-1) ?? "";
  return labels.some((label) => {
    const scripts = lookAlikeScripts(label);
    if ((scripts & (scripts - 1)) !== 0) return true;
    if (scripts !== 1 << CYRILLIC || lookAlikeScripts(ending) === 1 << CYRILLIC) return false;
    return everyLetter(label, (letter) => CYRILLIC_LIKE_LATIN.has(letter));
  });
}

/** Why a URL's address part looks made to mislead or to dodge filters; after rspamd's suspicious-URL checks. */
export function suspicionsOf({ url, host, port, userInfo }: HostParts): string[] {
  const found: string[] = [];
  if (host.split(".").length - 1 > DOTS_MAX) found.push("dots");
  if (userInfo.split("@").length > AT_SIGNS_MAX) found.push("at_signs");
  if (url.length > URL_UNITS_MAX) found.push("length");
  if (isAddressLiteral(host)) found.push("ip_address");
  else if (!host.includes(".") || /\.(?:local|localhost|internal|lan)$/u.test(host)) found.push("local_name");
  if (port !== "" && port !== "80" && port !== "443") found.push("port");
  return found;
}

export type HostParts = { url: string; host: string; port: string; userInfo: string };

const DOTS_MAX = 6;
/** One splits the user from the host; rspamd suspects more than two. */
const AT_SIGNS_MAX = 2;
const URL_UNITS_MAX = 2048;
const PLAIN_ASCII = /^[\x20-\x7e]*$/u;
const LOOK_ALIKES = [LATIN, CYRILLIC, GREEK, ARMENIAN, CHEROKEE, COPTIC].reduce(
  (bits, script) => bits | (1 << script),
  0,
);

/** IPv4 and IPv6, and the decimal, octal and hexadecimal spellings that browsers take for IPv4 (WHATWG URL §3.5). */
function isAddressLiteral(host: string): boolean {
  return host.startsWith("[") || /^(?:0x[\da-f]*|\d+)(?:\.(?:0x[\da-f]*|\d+))*$/u.test(host);
}

function lookAlikeScripts(label: string): number {
  let scripts = 0;
  everyLetter(label, (_, script) => {
    scripts |= 1 << script;
    return true;
  });
  return scripts & LOOK_ALIKES;
}

function everyLetter(label: string, test: (letter: string, script: number) => boolean): boolean {
  for (const letter of label) {
    const kind = classOf(letter.codePointAt(0) ?? 0);
    if ((kind & LETTER) !== 0 && !test(letter, scriptOf(kind))) return false;
  }
  return true;
}
