import { getDomain, parse } from "tldts";
import type { Fact, Signal, Subject } from "../signal.ts";
import { type NormalisedText, spansInBody } from "../text.ts";
import { isHomograph, suspicionsOf } from "../text/host.ts";
import { findLinks, type Link, splitAuthority } from "../text/links.ts";
import { compileDomainList, isOnDomainList, toAsciiHost } from "./domain-list.ts";
import { SHORTENERS } from "./shorteners.ts";

const HOSTS_MAX = 50;

/** Links in the body and the author's website. Links to the site itself are not looked at. */
export const linksSignal: Signal = {
  name: "links",
  version: 1,
  deadlineMs: 50,
  facts: {
    "links.count": {
      type: "int",
      description: "Links in the comment, without those to the site itself and to its allowed domains",
    },
    "links.hosts": { type: "list<string>", description: "The different hosts of the counted links" },
    "links.distinctHosts": { type: "int", description: "Different registrable domains of the counted links" },
    "links.markup": {
      type: "bool",
      description: "There is link code: [url], <a href> or [text](address)",
    },
    "links.obfuscated": {
      type: "int",
      description: "Addresses written to dodge filters: hxxp://, example[.]com, example (dot) com",
    },
    "links.website": { type: "bool", description: "The author gave a website that is not the site's own" },
    "links.shorteners": { type: "int", description: "Links, website included, through a link shortener" },
    "links.userInfo": {
      type: "bool",
      description: "A link has a log-in part: https://bank.example@evil.example",
    },
    "links.homograph": {
      type: "bool",
      description: "A link's host imitates another with look-alike letters",
    },
    "links.suspicious": {
      type: "bool",
      description:
        "A link has more than 6 dots, many @, over 2,048 characters, a number or local name for a host, or an odd port",
    },
    "links.blocked": {
      type: "list<string>",
      description: "Hosts, website included, on the site's blocked domains",
    },
    "links.allowed": { type: "list<string>", description: "Hosts of links on the site's allowed domains" },
  },
  run(subject) {
    const { blockedDomains, allowedDomains } = subject.site.lists;
    const blockedList = compileDomainList(blockedDomains);
    const allowedList = compileDomainList(allowedDomains);
    const foreign = findForeignLinks(subject);
    const website = findWebsite(subject);
    const isBlocked = (link: HostedLink) => isOnDomainList(blockedList, link.asciiHost);
    const isAllowed = (link: HostedLink) => !isBlocked(link) && isOnDomainList(allowedList, link.asciiHost);
    const allowed = foreign.filter(isAllowed);
    const counted = allowed.length === 0 ? foreign : foreign.filter((link) => !isAllowed(link));
    const all = website === undefined || isAllowed(website) ? counted : [...counted, website];
    const hosts = hostsOf(counted);
    const domains = new Set(hosts.map((host) => getDomain(host, { allowPrivateDomains: true }) ?? host));
    const { text } = subject;
    return {
      "links.count": withSpans(text, counted.length, counted),
      "links.hosts": { value: hosts },
      "links.distinctHosts": { value: domains.size },
      "links.markup": { value: LINK_CODE.test(text.plain) },
      "links.obfuscated": countObfuscated(text),
      "links.website": { value: website !== undefined },
      ...aboutHosts(text, all),
      "links.blocked": listed(text, all.filter(isBlocked)),
      "links.allowed": listed(text, allowed),
    };
  },
};

/** All links that lead away from the site, the author's website too; for checks that ask others about them. */
export function linksAway(subject: Subject): HostedLink[] {
  const website = findWebsite(subject);
  const links = findForeignLinks(subject);
  return website === undefined ? links : [...links, website];
}

/** A link of the body, or the website, which has no place in it. */
type HostedLink = Pick<Link, "url" | "host" | "port" | "userInfo"> & { asciiHost: string; place?: Link };

function findForeignLinks(subject: Subject): HostedLink[] {
  const { links } = findLinks(subject.text);
  if (links.length === 0) return [];
  const own = ownHosts(subject);
  const hosted: HostedLink[] = [];
  for (const link of links) {
    const asciiHost = toAsciiHost(link.host);
    if (!isOnDomainList(own, asciiHost)) hosted.push({ ...link, asciiHost, place: link });
  }
  return hosted;
}

function findWebsite(subject: Subject): HostedLink | undefined {
  const url = subject.comment.website?.trim().toLowerCase() ?? "";
  if (url === "") return undefined;
  const parts = splitAuthority(url);
  const asciiHost = toAsciiHost(parts.host);
  if (asciiHost === "" || isOnDomainList(ownHosts(subject), asciiHost)) return undefined;
  return { url, ...parts, asciiHost };
}

function ownHosts({ site, article }: Subject): ReadonlySet<string> {
  const hosts = [...site.hosts, article.url].map((url) => toAsciiHost(splitAuthority(url).host));
  return new Set(hosts.map((host) => host.replace(/^www\./u, "")));
}

function hostsOf(links: HostedLink[]): string[] {
  return [...new Set(links.map((link) => link.asciiHost))].slice(0, HOSTS_MAX);
}

function aboutHosts(text: NormalisedText, links: HostedLink[]): Record<string, Fact> {
  const shortened = links.filter((link) => isOnDomainList(SHORTENERS, link.asciiHost));
  const withUser = links.filter((link) => link.userInfo !== "");
  const imitating = links.filter((link) => isHomograph(link.host));
  const suspicions = new Set<string>();
  const suspicious = links.filter((link) => {
    const found = suspicionsOf(link);
    for (const suspicion of found) suspicions.add(suspicion);
    return found.length > 0;
  });
  const whySuspicious = suspicions.size > 0 ? { reasons: [...suspicions] } : {};
  return {
    "links.shorteners": withSpans(text, shortened.length, shortened),
    "links.userInfo": withSpans(text, withUser.length > 0, withUser),
    "links.homograph": withSpans(text, imitating.length > 0, imitating),
    "links.suspicious": withSpans(text, suspicious.length > 0, suspicious, whySuspicious),
  };
}

function listed(text: NormalisedText, links: HostedLink[]): Fact {
  return withSpans(text, hostsOf(links), links);
}

/** Where the links are, and which hosts: the website's appears only there. */
function withSpans(
  text: NormalisedText,
  value: Fact["value"],
  links: HostedLink[],
  detail: Record<string, unknown> = {},
): Fact {
  if (links.length === 0) return { value };
  const places = links.flatMap((link) => link.place ?? []);
  return { value, spans: spansInBody(text, places), detail: { hosts: hostsOf(links), ...detail } };
}

function countObfuscated(text: NormalisedText): Fact {
  if (!MAY_BE_OBFUSCATED.test(text.plain)) return { value: 0 };
  const places = Array.from(text.plain.matchAll(OBFUSCATED))
    .filter(([, name, ending]) => name === undefined || parse(`${name}.${ending}`).isIcann === true)
    .map((match) => ({ start: match.index, end: match.index + match[0].length }));
  return places.length === 0 ? { value: 0 } : { value: places.length, spans: spansInBody(text, places) };
}

const LINK_CODE = /\[(?:url|link)[=\]]|<\s?a\s[^>]{0,200}href|\[[^\]\n]{1,200}\]\((?:https?:|www\.|\/\/)/u;
const MAY_BE_OBFUSCATED = /hxxp|[[({]\s?(?:\.|dot|точка|крапка)\s?[\])}]/u;
const OBFUSCATED =
  /hxxps?:\/\/\S{1,200}|([\p{L}\d-]{1,63})\s?[[({]\s?(?:\.|dot|точка|крапка)\s?[\])}]\s?([\p{L}\d-]{2,63})/gu;
