import { LinkifyIt, type Match } from "linkify-it";
import type { NormalisedText } from "../text.ts";
import type { Word } from "./word.ts";

/** A link in a text, with or without its scheme ("example.com/a"). Offsets are those of `plain`. */
export type Link = {
  start: number;
  end: number;
  /** As it stands in the normalised text. */
  url: string;
  /** Lower case, without port and user; Unicode as written, IPv6 in brackets. */
  host: string;
  /** Digits; empty for none. */
  port: string;
  /** What stands before `@` in the authority; empty for none. */
  userInfo: string;
};

/** An e-mail address in a text. Offsets are those of `plain`. */
type Address = { start: number; end: number };

export type FoundLinks = { links: readonly Link[]; addresses: readonly Address[] };

/** The links and e-mail addresses of a text; found once per text, however many signals ask. */
export function findLinks(text: NormalisedText): FoundLinks {
  if (text === lastWithout) return NOTHING_FOUND;
  // A dot, @ or // within a run is what every link has; most comments end here.
  if (!MAY_HOLD_LINK.test(text.plain)) {
    lastWithout = text;
    return NOTHING_FOUND;
  }
  let found = foundLinks.get(text);
  if (found === undefined) {
    found = search(text);
    foundLinks.set(text, found);
  }
  return found;
}

/** Several signals ask about one text after the other. A weak map of all texts would be much work for the collector. */
let lastWithout: NormalisedText | undefined;

/** User, host and port of a URL with or without a scheme. */
export function splitAuthority(url: string): { userInfo: string; host: string; port: string } {
  const afterScheme = url.replace(/^(?:[a-z][a-z0-9+.-]*:)?\/\//iu, "");
  const authorityEnd = afterScheme.search(/[/?#\\]/u);
  const authority = authorityEnd < 0 ? afterScheme : afterScheme.slice(0, authorityEnd);
  const at = authority.lastIndexOf("@");
  const hostAndPort = authority.slice(at + 1);
  const portStart = /:\d*$/u.exec(hostAndPort)?.index ?? hostAndPort.length;
  return {
    userInfo: at < 0 ? "" : authority.slice(0, at),
    host: hostAndPort.slice(0, portStart).toLowerCase().replace(/\.$/u, ""),
    port: hostAndPort.slice(portStart + 1),
  };
}

const MAY_HOLD_LINK = /[.@][^\s.]|\/\//u;
const NOTHING_FOUND: FoundLinks = { links: [], addresses: [] };
const foundLinks = new WeakMap<NormalisedText, FoundLinks>();

/** Beside the two-letter ones and linkify-it's own short list: endings in common use, and those that spam favours. */
const GENERIC_ENDINGS =
  "agency app art bet bid blog buzz cam casino cash center chat click cloud club company cyou dating digital dev email " +
  "expert finance fit forsale fun fund fyi games global guru help homes host icu ink international kim lat life link live " +
  "loan lol ltd market mba media men mobi moe monster network news ninja one online page party pics poker porn press quest " +
  "racing red rent rest review rocks run sale sbs sex sexy site skin social software solutions space store stream studio " +
  "support surf systems team tech technology tel tips today tokyo top tours trade tube uno vip webcam website wiki win " +
  "work works world wtf xin xyz yachts zone укр рус онлайн сайт москва дети ком орг 한국 닷컴 中国 公司";

const linkify = new LinkifyIt({ fuzzyLink: true, fuzzyEmail: true, fuzzyIP: true, urlAuth: true });
linkify.tlds(GENERIC_ENDINGS.split(" "), true);

function search(text: NormalisedText): FoundLinks {
  const matches: Match[] = linkify.match(text.plain.replaceAll(VALUE_SIGN, "$1 ")) ?? [];
  const links: Link[] = [];
  const addresses: Address[] = [];
  for (const { schema, index: start, lastIndex: end, raw: url } of matches) {
    if (schema === "mailto:") {
      addresses.push({ start, end });
      continue;
    }
    const authority = splitAuthority(url);
    if (schema === "" && isMissingSpace(text, url, start, authority.host)) continue;
    links.push({ start, end, url, ...authority });
  }
  return { links, addresses };
}

/** Endings that are also words or file types: "was good.it came late", "see readme.md", "at 3.14.be". */
const WORD_ENDINGS = new Set(
  "am as at be by de do es et go in is it la me my ne no of se so to us md py rs sh".split(" "),
);

/** linkify-it takes no link after `=`: [url=http://…], href=http://…. A space keeps the offsets. */
const VALUE_SIGN = /(\[(?:url|link|img)|\b(?:href|src))=/gu;

/** A sentence that lacks the space after its full stop is not a link: bare two-part names with such an ending, no path. */
function isMissingSpace(text: NormalisedText, url: string, start: number, host: string): boolean {
  if (url !== host || host.startsWith("www.")) return false;
  const lastDot = host.lastIndexOf(".");
  const ending = host.slice(lastDot + 1);
  if (/^[\d.]+$/u.test(host)) return true;
  if (host.indexOf(".") === lastDot && WORD_ENDINGS.has(ending)) return true;
  // "Good.So": a capital after the stop, none before it.
  const at = start + lastDot;
  return isCapital(text, at + 1) && !isCapital(text, at - 1);
}

function isCapital(text: NormalisedText, index: number): boolean {
  const written = text.body[text.offsets?.[index] ?? index] ?? "";
  return written !== written.toLowerCase();
}

/** The words that are not part of a link or an e-mail address. */
export function proseWords(text: NormalisedText): readonly Word[] {
  const { links, addresses } = findLinks(text);
  if (links.length === 0 && addresses.length === 0) return text.words;
  const places = [...links, ...addresses].toSorted((a, b) => a.start - b.start);
  const words: Word[] = [];
  let next = 0;
  for (const word of text.words) {
    while ((places[next]?.end ?? Infinity) <= word.start) next++;
    if ((places[next]?.start ?? Infinity) >= word.end) words.push(word);
  }
  return words;
}
