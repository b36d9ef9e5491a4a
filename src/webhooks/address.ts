import ipaddr from "ipaddr.js";
import { parseIp } from "../accounts/ip.ts";

/**
 * Why webhooks must not go to an address, as words for a sentence ("a loopback address"), or null if it is public
 * unicast. Refused are all special ranges of the IANA registries (RFC 6890), among them carrier-grade NAT, and
 * the ways to write an IPv4 address in IPv6: mapped, compatible, NAT64 (RFC 6052, RFC 8215), 6to4, Teredo.
 */
export function refusedAddressKind(ip: string): string | null {
  const canonical = parseIp(ip);
  if (canonical === undefined) return "not an address";
  const address = ipaddr.parse(canonical);
  const range = address.range();
  if (range !== "unicast") return KIND_WORDS[range] ?? "a reserved address";
  if (address.kind() === "ipv4")
    return address.match(AZURE_HOST) ? "a cloud provider's internal address" : null;
  // ipaddr.js calls unicast what is in no list; IANA has allocated nothing outside 2000::/3.
  return address.match(GLOBAL_IPV6) ? null : "a reserved address";
}

const KIND_WORDS: Partial<Record<string, string>> = {
  loopback: "a loopback address",
  private: "a private address",
  uniqueLocal: "a private address",
  linkLocal: "a link-local address",
  carrierGradeNat: "a carrier-grade NAT address",
  unspecified: "an unspecified address",
  multicast: "a multicast address",
};

/** Azure's virtual host: metadata, DNS and health probes on an address that looks public. */
const AZURE_HOST = ipaddr.parseCIDR("168.63.129.16/32");
const GLOBAL_IPV6 = ipaddr.parseCIDR("2000::/3");
