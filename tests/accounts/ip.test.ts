import { isIP } from "node:net";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  findIpListEntry,
  ipNetwork,
  isInNetworks,
  matchesIpList,
  parseIp,
  parseIpNetwork,
} from "../../src/accounts/ip.ts";

describe("parseIp", () => {
  it.each([
    ["192.0.2.1", "192.0.2.1"],
    [" 192.0.2.1 ", "192.0.2.1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["::FFFF:C000:0201", "192.0.2.1"],
    ["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
    ["fe80::1%eth0", "fe80::1"],
    ["::", "::"],
  ])("reads %j as %j", (text, ip) => expect(parseIp(text)).toBe(ip));

  it.each([
    "",
    "1",
    "127.1",
    "0x7f.0.0.1",
    "010.0.0.1",
    "256.0.0.1",
    "1.2.3.4/24",
    "1.2.3.4:80",
    "[::1]",
    "unknown",
    ":::",
  ])("does not read %j", (text) => expect(parseIp(text)).toBeUndefined());

  it("is settled after once, and stays an address", () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        const ip = parseIp(text) ?? "";
        expect(isIP(ip)).toBeGreaterThan(0);
        expect(parseIp(ip)).toBe(ip);
      }),
    );
  });
});

describe("ipNetwork", () => {
  it.each([
    ["192.0.2.77", "192.0.2.0/24"],
    ["::ffff:192.0.2.77", "192.0.2.0/24"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["::1", "::/64"],
    ["nonsense", undefined],
  ])("of %s is %s", (ip, network) => expect(ipNetwork(ip)).toBe(network));

  it("contains its address", () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (ip) => {
        expect(matchesIpList(ip, [ipNetwork(ip) ?? ""])).toBe(true);
      }),
    );
  });
});

describe("IP lists", () => {
  it.each([
    ["192.0.2.1", "192.0.2.1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["192.0.2.1", "::ffff:192.0.2.1"],
    ["192.0.2.1", "::ffff:192.0.2.0/120"],
    ["192.0.2.200", "192.0.2.0/24"],
    ["192.0.2.200", "192.0.2.7/24"],
    ["8.8.8.8", "0.0.0.0/0"],
    ["2001:db8::5", "2001:db8::/32"],
    ["2001:db8::5", "2001:DB8:0::5"],
  ])("match %s by %s", (ip, entry) => expect(findIpListEntry(ip, ["10.0.0.1", entry])).toBe(entry));

  it.each([
    ["192.0.3.1", "192.0.2.0/24"],
    ["192.0.2.1", "2001:db8::/32"],
    ["192.0.2.1", "::/0"],
    ["2001:db8::5", "0.0.0.0/0"],
    ["192.0.2.1", "192.0.2"],
    ["192.0.2.1", "192.0.2.1/33"],
    ["192.0.2.1", "192.0.2.1/"],
    ["0.0.0.1", "1"],
    ["nonsense", "0.0.0.0/0"],
    ["192.0.2.1", ""],
  ])("do not match %s by %s", (ip, entry) => {
    expect(findIpListEntry(ip, [entry])).toBeNull();
    expect(matchesIpList(ip, [entry])).toBe(false);
  });

  it("name the first entry that matches, as it is written", () => {
    expect(findIpListEntry("192.0.2.1", ["bad", "192.0.2.1/16", "192.0.2.1"])).toBe("192.0.2.1/16");
  });

  it("may be parsed beforehand", () => {
    const networks = ["10.0.0.0/8", "::ffff:127.0.0.0/104"].map((entry) => parseIpNetwork(entry));
    const parsed = networks.filter((network) => network !== undefined);
    expect(["10.9.9.9", "127.1.2.3", "11.0.0.1", "::1"].map((ip) => isInNetworks(ip, parsed))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
