import { compile } from "@fastify/proxy-addr";
import { parseIp } from "../accounts/ip.ts";

/** The unspecified address, for a connection that has none (a Unix socket). */
const NO_ADDRESS = "0.0.0.0";
/** Proxies between a client and here; more are not looked at. */
const HOPS_MAX = 20;

export type ClientIp = (remoteAddress: string | undefined, xForwardedFor: string | undefined) => string;

/**
 * A function that tells whose request it is: it walks `X-Forwarded-For` from its end, where the nearest proxy wrote,
 * as long as the address so far is a trusted proxy's. Without trusted proxies the header is not read. What the function
 * returns is always an address in its canonical form (`::ffff:192.0.2.1` as `192.0.2.1`); it never throws.
 * @param trustedProxies CIDR ranges, addresses, or `loopback`, `linklocal`, `uniquelocal`.
 * @throws TypeError for a range that is none; the configuration has checked them.
 */
export function createClientIp(trustedProxies: readonly string[]): ClientIp {
  const isTrusted = compile([...trustedProxies]);
  // Nearly all requests come through the same proxy, whose address need not be taken apart each time.
  let nearest = { ip: NO_ADDRESS, trusted: isTrusted(NO_ADDRESS, 0) };
  const isNearestTrusted = (ip: string) => {
    if (ip !== nearest.ip) nearest = { ip, trusted: isTrusted(ip, 0) };
    return nearest.trusted;
  };
  return (remoteAddress, xForwardedFor) => {
    let ip = parseIp(remoteAddress ?? "") ?? NO_ADDRESS;
    if (trustedProxies.length === 0 || !xForwardedFor) return ip;
    for (const [index, hop] of xForwardedFor.split(",").slice(-HOPS_MAX).toReversed().entries()) {
      if (!(index === 0 ? isNearestTrusted(ip) : isTrusted(ip, index))) return ip;
      const next = parseIp(withoutPort(hop.trim()));
      // A proxy that wrote no address is as far as we can see.
      if (next === undefined) return ip;
      ip = next;
    }
    return ip;
  };
}

/** Some proxies write `192.0.2.1:4711` and `[2001:db8::1]:4711`. */
function withoutPort(hop: string): string {
  const [, bracketed, v4] = /^(?:\[([^\]]*)\](?::\d{1,5})?|([\d.]+):\d{1,5})$/.exec(hop) ?? [];
  return bracketed ?? v4 ?? hop;
}
