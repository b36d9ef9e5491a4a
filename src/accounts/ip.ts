import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

/** A range of addresses, already parsed; compare with {@link isInNetworks}. */
export type IpNetwork = [ipaddr.IPv4 | ipaddr.IPv6, number];

/**
 * The canonical text of an address (RFC 5952): lower case, shortest form, an IPv4-mapped IPv6 address as plain
 * IPv4, no zone. Undefined for anything else, also for `127.1` and `0x7f000001`, which only URLs may say.
 */
export function parseIp(text: string): string | undefined {
  // IPv4 has one full notation: nothing to bring into form.
  return isIP(text) === 4 ? text : addressOf(text)?.toString();
}

/**
 * The network an address most likely shares with its owner's other addresses: /24 for IPv4, /64 for IPv6 (the
 * smallest block given to one customer, RFC 6177). Returned in CIDR notation; undefined if not an address.
 */
export function ipNetwork(ip: string): string | undefined {
  if (isIP(ip) === 4) return `${ip.slice(0, ip.lastIndexOf("."))}.0/24`;
  const address = addressOf(ip);
  if (!address) return undefined;
  const kept = address.kind() === "ipv4" ? 24 : 64;
  const bytes = address.toByteArray().map((byte, index) => (index * 8 < kept ? byte : 0));
  return `${ipaddr.fromByteArray(bytes).toString()}/${kept}`;
}

/** Whether an address is in a list of addresses and CIDR ranges; see {@link findIpListEntry}. */
export function matchesIpList(ip: string, entries: readonly string[]): boolean {
  return findIpListEntry(ip, entries) !== null;
}

/** The first entry (as written) that contains the address, or null. Entries that do not parse match nothing. */
export function findIpListEntry(ip: string, entries: readonly string[]): string | null {
  if (entries.length === 0) return null;
  const address = addressOf(ip);
  if (!address) return null;
  for (const entry of entries) {
    const network = parseIpNetwork(entry);
    if (network && contains(network, address)) return entry;
  }
  return null;
}

/** Whether an address lies in one of the parsed ranges. */
export function isInNetworks(ip: string, networks: readonly IpNetwork[]): boolean {
  const address = addressOf(ip);
  return address !== undefined && networks.some((network) => contains(network, address));
}

/**
 * One entry of an address list: a single address or a CIDR range (RFC 4632), IPv4-mapped ranges as plain IPv4.
 * Undefined if it is neither; host bits beyond the prefix are ignored, as in `10.1.2.3/8`.
 */
export function parseIpNetwork(entry: string): IpNetwork | undefined {
  const [, base = "", prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(entry.trim()) ?? [];
  if (isIP(base) === 0) return undefined;
  const written = ipaddr.parse(base);
  const bitsMax = written.kind() === "ipv4" ? 32 : 128;
  const bits = prefix === undefined ? bitsMax : Number(prefix);
  if (bits > bitsMax) return undefined;
  const address = ipaddr.process(base);
  if (address.kind() === written.kind()) return [address, bits];
  // ::ffff:10.0.0.0/104 is 10.0.0.0/8; a shorter prefix reaches beyond the mapped block and stays IPv6.
  return bits >= 96 ? [address, bits - 96] : [written, bits];
}

function contains(network: IpNetwork, address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  return network[0].kind() === address.kind() && address.match(network);
}

function addressOf(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  const bare = text.trim().replace(/%.*$/, "");
  // ipaddr.js also reads `1`, `127.1` and octal; isIP accepts only the full notations.
  return isIP(bare) === 0 ? undefined : ipaddr.process(bare);
}
