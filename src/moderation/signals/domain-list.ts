import { domainToASCII } from "node:url";

/** Whether a host, or a domain above it, is on the list. */
export function isOnDomainList(list: ReadonlySet<string>, host: string): boolean {
  if (list.size === 0) return false;
  for (let rest = host; ;) {
    if (list.has(rest)) return true;
    const dot = rest.indexOf(".");
    if (dot < 0) return false;
    rest = rest.slice(dot + 1);
  }
}

/**
 * A site's domain list for {@link isOnDomainList}, compiled once per list. Entries may be written as people paste them:
 * `Example.com`, `*.example.com`, `www.example.com`, `https://example.com/page`.
 */
export function compileDomainList(entries: string[]): ReadonlySet<string> {
  let list = compiledLists.get(entries);
  if (list === undefined) {
    list = new Set(entries.map((entry) => toDomain(entry)).filter((domain) => domain !== ""));
    compiledLists.set(entries, list);
  }
  return list;
}

/** A host in the ASCII form (punycode); what the URL standard refuses stays as it is. */
export function toAsciiHost(host: string): string {
  return /^[\x20-\x7e]*$/u.test(host) ? host : domainToASCII(host) || host;
}

const compiledLists = new WeakMap<string[], ReadonlySet<string>>();

function toDomain(entry: string): string {
  const [host = ""] = entry
    .trim()
    .toLowerCase()
    .replace(/^[a-z]+:\/\//u, "")
    .split(/[/?#:]/u, 1);
  return toAsciiHost(host.replace(/^\*?\.|^www\./u, "").replace(/\.$/u, ""));
}
