import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { isInNetworks, parseIpNetwork } from "../accounts/ip.ts";
import type { IpNetwork } from "../accounts/ip.ts";
import { AppError } from "../errors.ts";
import { refusedAddressKind } from "./address.ts";

export const URL_CHARS_MAX = 2_048;
export const DEFAULT_PORTS: readonly number[] = [80, 443, 8080, 8443];
const DEFAULT_DNS_TIMEOUT_MS = 5_000;

/** All the addresses of a host name, IPv4 and IPv6; rejects or returns none if it does not resolve. */
type ResolveHost = (hostname: string) => Promise<string[]>;

export type GuardOptions = {
  /**
   * Addresses and CIDR ranges that the operator opens although they are not public, at save and at send time.
   * Whoever may edit endpoints reaches everything there: `10.1.2.0/24`, not `0.0.0.0/0`.
   */
  allowedNetworks?: readonly string[];
  /** Also allow `http:`. Off by default: the payload is personal data. */
  allowHttp?: boolean;
  /** Ports that may be contacted, also in opened networks; {@link DEFAULT_PORTS} unless told. */
  ports?: readonly number[] | "any";
  /** The system's resolver unless told, so that /etc/hosts and search domains count. */
  resolve?: ResolveHost;
  dnsTimeoutMs?: number;
  /** {@link WEBHOOK_WORDING} unless told. */
  wording?: GuardWording;
};

/** How a refusal is put: the sentence before its reason, and the hint at what the operator could do. */
type GuardWording = { refusal: string; hint: string };

const WEBHOOK_WORDING: GuardWording = {
  refusal: "Webhooks cannot be sent to this URL.",
  hint: "unless the operator opens their network to webhooks",
};

/** What may be contacted; made once by {@link createWebhookGuard}, used at save and at send time. */
export type WebhookGuard = {
  networks: readonly IpNetwork[];
  allowHttp: boolean;
  ports: readonly number[] | "any";
  resolve: ResolveHost;
  dnsTimeoutMs: number;
  wording: GuardWording;
};

/** The `reason` of the guard's errors. */
type RefusalReason = "refused_url" | "refused_address" | "dns";

/**
 * Protection of the operator's own network against endpoints that point into it (server-side request forgery).
 * @throws AppError `invalid_input`, field `allowedNetworks`, for an entry that is no address or CIDR range.
 */
export function createWebhookGuard(options: GuardOptions = {}): WebhookGuard {
  return {
    networks: (options.allowedNetworks ?? []).map(parseAllowedNetwork),
    allowHttp: options.allowHttp ?? false,
    ports: options.ports ?? DEFAULT_PORTS,
    resolve: options.resolve ?? resolveWithSystem,
    dnsTimeoutMs: options.dnsTimeoutMs ?? DEFAULT_DNS_TIMEOUT_MS,
    wording: options.wording ?? WEBHOOK_WORDING,
  };
}

/**
 * Checks the address of a new or changed endpoint, host name included, and returns it as it should be stored.
 * Passing proves nothing for later: the name may point elsewhere tomorrow, so each connection is checked again.
 * @throws AppError `invalid_input`, field `url`, its `reason` a {@link RefusalReason}. The message names the kind of
 * address and not the address, which would turn the form into a reader of the operator's internal DNS.
 */
export async function checkWebhookUrl(text: string, guard: WebhookGuard): Promise<string> {
  const url = parseWebhookUrl(text, guard);
  const hostname = bareHostname(url.hostname);
  if (isIP(hostname) === 0) await resolveAllowed(guard, hostname);
  return url.href;
}

/**
 * The part of {@link checkWebhookUrl} that needs no look-up. The URL parser turns all spellings of an address
 * (`2130706433`, `0x7f.1`, `[::ffff:127.0.0.1]`, `①②⑦.1`) into one, so literals are settled here.
 * @throws AppError as there.
 */
export function parseWebhookUrl(text: string, guard: WebhookGuard): URL {
  const url = text.length > URL_CHARS_MAX ? null : URL.parse(text);
  if (!url || url.href.length > URL_CHARS_MAX) {
    throw refused(guard, "refused_url", `It is not a complete URL of at most ${URL_CHARS_MAX} characters.`);
  }
  if (url.username || url.password) {
    throw refused(guard, "refused_url", "It must not contain a user name or password.");
  }
  if (text.includes("#")) throw refused(guard, "refused_url", "It must not contain a fragment (#).");
  assertTargetAllowed(guard, url);
  return url;
}

/** The rules for protocol, port and literal address, which also the connector applies. */
export function assertTargetAllowed(
  guard: WebhookGuard,
  target: { protocol: string; hostname: string; port: string },
): void {
  const { protocol } = target;
  if (protocol !== "https:" && !(protocol === "http:" && guard.allowHttp)) {
    throw refused(
      guard,
      "refused_url",
      guard.allowHttp ? "It must be an http or https URL." : "It must be an https URL.",
    );
  }
  const port = Number(target.port || (protocol === "https:" ? 443 : 80));
  if (guard.ports !== "any" && !guard.ports.includes(port)) {
    throw refused(guard, "refused_url", `Port ${port} is not one of ${guard.ports.join(", ")}.`);
  }
  const hostname = bareHostname(target.hostname);
  if (isIP(hostname) !== 0) assertAddressAllowed(guard, hostname, "The URL names");
}

/**
 * Resolves a host name to the addresses that may be contacted. One that may not be refuses them all: a name with a
 * public and a private address is an attack or a mistake, and which of them is used is up to chance.
 * @throws AppError `invalid_input`, reason `refused_address`, or `dns` if it does not resolve within the limit.
 */
export async function resolveAllowed(guard: WebhookGuard, hostname: string): Promise<string[]> {
  const addresses = await resolveInTime(guard, hostname);
  if (addresses.length === 0) throw refused(guard, "dns", `The host ${hostname} has no address.`);
  for (const address of addresses) assertAddressAllowed(guard, address, `The host ${hostname} has`);
  return addresses;
}

export function assertAddressAllowed(guard: WebhookGuard, address: string, subject: string): void {
  const kind = refusedAddressKind(address);
  if (kind === null || isInNetworks(address, guard.networks)) return;
  throw refused(
    guard,
    "refused_address",
    `${subject} ${kind}. Only public addresses may be used, ${guard.wording.hint}.`,
  );
}

async function resolveInTime(guard: WebhookGuard, hostname: string): Promise<string[]> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error("DNS timeout")), guard.dnsTimeoutMs);
  try {
    return await Promise.race([guard.resolve(hostname), late]);
  } catch (cause) {
    throw refused(guard, "dns", `The host ${hostname} could not be resolved.`, cause);
  } finally {
    clearTimeout(timer);
  }
}

async function resolveWithSystem(hostname: string): Promise<string[]> {
  const found = await lookup(hostname, { all: true });
  return found.map((entry) => entry.address);
}

function parseAllowedNetwork(entry: string): IpNetwork {
  const network = parseIpNetwork(entry);
  if (network) return network;
  const message = `"${entry}" is neither an address nor a CIDR range.`;
  throw new AppError("invalid_input", message, { fields: [{ path: "allowedNetworks", message }] });
}

function bareHostname(hostname: string): string {
  return hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
}

function refused(guard: WebhookGuard, reason: RefusalReason, sentence: string, cause?: unknown): AppError {
  const message = `${guard.wording.refusal} ${sentence}`;
  return new AppError("invalid_input", message, { reason, fields: [{ path: "url", message }], cause });
}
