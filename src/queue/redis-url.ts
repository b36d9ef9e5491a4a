import { isIPv6 } from "node:net";
import { AppError } from "../errors.ts";

type RedisHost = { host: string; port: number };

/** Where a Redis is and how to sign in. Valkey and Dragonfly speak the same protocol. */
export type RedisTarget = {
  username?: string;
  password?: string;
  tls: boolean;
} & (
  | ({ kind: "single"; db: number } & RedisHost)
  | {
      kind: "sentinel";
      sentinels: RedisHost[];
      master: string;
      db: number;
      sentinelUsername?: string;
      sentinelPassword?: string;
    }
  | { kind: "cluster"; nodes: RedisHost[] }
);

const FORMS =
  "redis://host:6379/0, redis+sentinel://host1:26379,host2:26379/mymaster?db=0 or redis+cluster://host1:7000,host2:7001 " +
  "(rediss for TLS), each with user:password@ before the hosts if need be, percent-encoded";
const PATTERN =
  /^(rediss?)(?:\+(sentinel|cluster))?:\/\/(?:([^@/?#]*)@)?([^@/?#]+)(?:\/([^?#]*))?(?:\?([^#]*))?$/i;
const HOSTS_MAX = 50;
const DB_MAX = 1_000_000;

/**
 * Parses the forms `redis://`, `redis+sentinel://` and `redis+cluster://`, and `rediss` of each for TLS. A sentinel with
 * its own password takes it from `?sentinelUsername=&sentinelPassword=`.
 * @throws AppError `invalid_input`, reason `bad_redis_url`. The message does not repeat the URL: it holds a password.
 */
export function parseRedisUrl(url: string): RedisTarget {
  const [, scheme, kind, userInfo, hosts, path = "", query = ""] = PATTERN.exec(url.trim()) ?? [];
  if (scheme === undefined || hosts === undefined) throw badUrl(`it must look like ${FORMS}`);
  const common = { ...parseUserInfo(userInfo), tls: scheme.toLowerCase() === "rediss" };
  if (kind === undefined) return { ...common, ...parseSingle(hosts, path, query) };
  return kind.toLowerCase() === "sentinel"
    ? { ...common, ...parseSentinel(hosts, path, query) }
    : { ...common, ...parseCluster(hosts, path, query) };
}

function parseSentinel(hosts: string, path: string, query: string) {
  const given = parseQuery(query, ["db", "sentinelUsername", "sentinelPassword"]);
  const master = decode(path);
  if (!/^[\w.-]{1,100}$/.test(master)) {
    throw badUrl("after the sentinels it must name the master, as in /mymaster");
  }
  const { sentinelUsername, sentinelPassword } = given;
  return {
    kind: "sentinel" as const,
    sentinels: parseHosts(hosts, 26_379),
    master,
    db: parseDb(given["db"]),
    ...(sentinelUsername && { sentinelUsername }),
    ...(sentinelPassword && { sentinelPassword }),
  };
}

function parseCluster(hosts: string, path: string, query: string) {
  parseQuery(query, []);
  if (path !== "" && path !== "0") throw badUrl("a cluster has no database but 0");
  return { kind: "cluster" as const, nodes: parseHosts(hosts, 6379) };
}

function parseSingle(hosts: string, path: string, query: string) {
  const { db } = parseQuery(query, ["db"]);
  const [first, ...others] = parseHosts(hosts, 6379);
  if (first === undefined || others.length > 0) {
    throw badUrl("several hosts need redis+sentinel:// or redis+cluster://");
  }
  return { kind: "single" as const, ...first, db: parseDb(path === "" ? db : path) };
}

function parseUserInfo(userInfo: string | undefined): { username?: string; password?: string } {
  if (!userInfo) return {};
  const colon = userInfo.indexOf(":");
  const username = decode(colon < 0 ? userInfo : userInfo.slice(0, colon));
  const password = colon < 0 ? "" : decode(userInfo.slice(colon + 1));
  return { ...(username && { username }), ...(password && { password }) };
}

function parseHosts(hosts: string, defaultPort: number): RedisHost[] {
  const list = hosts.split(",");
  if (list.length > HOSTS_MAX) throw badUrl(`it may name at most ${HOSTS_MAX} hosts`);
  return list.map((item) => {
    const [, v6, name, port = String(defaultPort)] =
      /^(?:\[([^\]]+)\]|([\w.-]{1,253}))(?::(\d{1,5}))?$/.exec(item.trim()) ?? [];
    const host = v6 ?? name;
    if (host === undefined || (v6 !== undefined && !isIPv6(v6))) {
      throw badUrl("one of its hosts is not a host name or address with an optional port");
    }
    if (Number(port) < 1 || Number(port) > 65_535) throw badUrl("one of its ports is not from 1 to 65535");
    return { host, port: Number(port) };
  });
}

function parseDb(text: string | undefined): number {
  if (text === undefined) return 0;
  if (!/^\d{1,7}$/.test(text) || Number(text) > DB_MAX) throw badUrl("its database must be a number");
  return Number(text);
}

function parseQuery(query: string, allowed: string[]): Record<string, string | undefined> {
  const given = new URLSearchParams(query);
  for (const name of given.keys()) {
    if (!allowed.includes(name)) throw badUrl(`it has a parameter besides ${allowed.join(", ") || "none"}`);
  }
  return Object.fromEntries(given);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw badUrl("it has a % that encodes nothing; write %25 for the sign itself");
  }
}

function badUrl(problem: string): AppError {
  return new AppError("invalid_input", `The Redis URL cannot be used: ${problem}.`, {
    reason: "bad_redis_url",
  });
}
