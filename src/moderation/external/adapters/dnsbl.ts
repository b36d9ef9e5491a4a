import { Resolver } from "node:dns/promises";
import { isIP } from "node:net";
import { getDomain } from "tldts";
import { z } from "zod";
import type { Fact, Subject } from "../../signal.ts";
import { linksAway } from "../../signals/links.ts";
import { spansInBody } from "../../text.ts";
import { defineAdapter, type Tools } from "../adapter.ts";
import { CheckFailure } from "../failure.ts";
import { commonSettings } from "../settings.ts";

const ZONES_MAX = 10;
const SERVERS_MAX = 5;
/** Domains of one comment that are looked up; a comment with more is judged by its links' number. */
const DOMAINS_MAX = 10;

const zone = z
  .string()
  .trim()
  .toLowerCase()
  .max(200)
  .regex(
    /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/,
    "a domain such as dbl.spamhaus.org",
  );

const settingsSchema = z.strictObject({
  ...commonSettings({ deadlineMs: 2_000, perMinute: 600, perDay: 100_000 }),
  /** Lists of domains; those of IP addresses have nothing to say of a link. */
  zones: z.array(zone).min(1).max(ZONES_MAX),
  /** Resolvers as `address` or `address:port`; the system's unless given. Most lists do not serve public resolvers. */
  servers: z
    .array(z.string().refine(isServer, "an IP address, with or without a port"))
    .max(SERVERS_MAX)
    .default([]),
});
type Settings = z.infer<typeof settingsSchema>;

/** Domain lists over DNS (RFC 5782 §2.3), such as Spamhaus' DBL and URIBL. */
export const dnsbl = defineAdapter<Settings>({
  name: "dnsbl",
  version: 1,
  sends: "The domains of the comment's links and of the author's website, as DNS queries.",
  tier: 1,
  about: ["spam"],
  secret: "none",
  settings: settingsSchema,
  addresses: ({ servers }) => servers.map((address, index) => ({ path: `servers.${index}`, address })),
  prepare({ subject }, settings) {
    const domains = domainsOf(subject);
    if (domains.length === 0) return undefined;
    return {
      content: JSON.stringify(domains),
      async make(tools) {
        const listed = await lookUpAll(domains, settings, tools);
        return toFacts(subject, listed);
      },
    };
  },
  prepareTest: (settings) => ({
    content: "",
    async make(tools) {
      await lookUpAll([], settings, tools);
      return {};
    },
  }),
});

function domainsOf(subject: Subject): string[] {
  const domains = linksAway(subject).flatMap((link) => getDomain(link.asciiHost) ?? []);
  return [...new Set(domains)].toSorted().slice(0, DOMAINS_MAX);
}

function toFacts(subject: Subject, listed: Map<string, string[]>): Record<string, Fact> {
  const links = linksAway(subject).filter((link) => listed.has(getDomain(link.asciiHost) ?? ""));
  const places = links.flatMap((link) => link.place ?? []);
  const spans = spansInBody(subject.text, places);
  const domains = [...listed.keys()];
  const detail = { zones: Object.fromEntries(listed) };
  return {
    "dnsbl.listed": domains.length === 0 ? { value: [] } : { value: domains, spans, detail },
    "dnsbl.count": { value: domains.length },
  };
}

/** The zones by listed domain. Each zone is first asked for a name that none may list: one that does lists everything. */
async function lookUpAll(
  domains: readonly string[],
  { zones, servers }: Settings,
  { signal, deadlineMs }: Tools,
): Promise<Map<string, string[]>> {
  const resolver = new Resolver({ timeout: deadlineMs, tries: 1 });
  if (servers.length > 0) resolver.setServers(servers);
  const stop = () => resolver.cancel();
  signal.addEventListener("abort", stop, { once: true });
  try {
    const questions = zones.flatMap((name) => ["invalid", ...domains].map((domain) => ({ name, domain })));
    const answers = await Promise.all(
      questions.map(async ({ name, domain }) => ({
        name,
        domain,
        isListed: await lookUp(resolver, `${domain}.${name}`, name),
      })),
    );
    const wild = answers.find(({ domain, isListed }) => domain === "invalid" && isListed);
    if (wild) throw new CheckFailure("refused", { detail: `${wild.name} lists everything` });
    const listed = Map.groupBy(
      answers.filter(({ isListed }) => isListed),
      ({ domain }) => domain,
    );
    return new Map([...listed].map(([domain, found]) => [domain, found.map(({ name }) => name)]));
  } catch (error) {
    if (error instanceof CheckFailure) throw error;
    throw signal.aborted
      ? new CheckFailure("deadline")
      : new CheckFailure("connection", { detail: codeOf(error) });
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

async function lookUp(resolver: Resolver, question: string, name: string): Promise<boolean> {
  let addresses: string[];
  try {
    addresses = await resolver.resolve4(question);
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOTFOUND" || code === "ENODATA") return false;
    if (code === "EREFUSED") throw new CheckFailure("refused", { detail: `${name} refuses` });
    if (code === "ETIMEOUT") throw new CheckFailure("deadline", { detail: name });
    throw error;
  }
  const refusal = addresses.find((address) => isRefusal(address));
  if (refusal !== undefined) throw new CheckFailure("refused", { detail: `${name} answers ${refusal}` });
  return addresses.length > 0;
}

/**
 * Answers that look like a listing and are none: 127.255.255.x says that the resolver is not served (Spamhaus), 127.0.0.1
 * the same (URIBL), 127.0.1.255 that the question was wrong (DBL); outside 127.0.0.0/8 somebody else answers, such as a provider that
 * makes every name exist.
 */
function isRefusal(address: string): boolean {
  if (!address.startsWith("127.")) return true;
  return address.startsWith("127.255.255.") || address === "127.0.0.1" || address === "127.0.1.255";
}

function codeOf(error: unknown): string {
  const code: unknown = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "unknown";
}

function isServer(text: string): boolean {
  const { address, port } = splitServer(text);
  return isIP(address) !== 0 && (port === undefined || (/^\d{1,5}$/.test(port) && Number(port) <= 65_535));
}

/** `192.0.2.1`, `192.0.2.1:53`, `2001:db8::1`, `[2001:db8::1]:53` */
export function splitServer(text: string): { address: string; port: string | undefined } {
  const [, bracketed, v4, port] = /^(?:\[([^\]]+)\]|([\d.]+))(?::(\d+))?$/.exec(text) ?? [];
  return { address: bracketed ?? v4 ?? text, port };
}
