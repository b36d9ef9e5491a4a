import { isIP } from "node:net";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createClientIp } from "../../src/http/client-ip.ts";

const none = createClientIp([]);
const behind = createClientIp(["10.0.0.0/8", "2001:db8:aaaa::/48", "loopback"]);

describe("the client's address", () => {
  test.each([
    ["203.0.113.7", undefined, "203.0.113.7"],
    ["::ffff:203.0.113.7", undefined, "203.0.113.7"],
    ["2001:DB8:0:0::7", undefined, "2001:db8::7"],
    ["fe80::1%eth0", undefined, "fe80::1"],
    [undefined, undefined, "0.0.0.0"],
    ["10.0.0.1", "198.51.100.1", "10.0.0.1"],
  ])("without trusted proxies is that of the connection: %s, %s → %s", (remote, header, expected) => {
    expect(none(remote, header)).toBe(expected);
  });

  test.each([
    // Not from a proxy: whatever it claims
    ["203.0.113.7", "198.51.100.1", "203.0.113.7"],
    // From one
    ["10.0.0.1", "198.51.100.1", "198.51.100.1"],
    ["::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"],
    ["127.0.0.1", "::ffff:198.51.100.1", "198.51.100.1"],
    ["2001:db8:aaaa::1", "2001:DB8:0::5", "2001:db8::5"],
    // What the client wrote before its own address is not believed
    ["10.0.0.1", "192.0.2.66, 198.51.100.1", "198.51.100.1"],
    ["10.0.0.1", "10.0.0.9, 198.51.100.1", "198.51.100.1"],
    // Through two
    ["10.0.0.1", "192.0.2.66, 198.51.100.1 , 10.0.0.2", "198.51.100.1"],
    ["10.0.0.1", "10.0.0.3,10.0.0.2", "10.0.0.3"],
    // With ports
    ["10.0.0.1", "198.51.100.1:4711", "198.51.100.1"],
    ["10.0.0.1", "[2001:db8::5]:4711", "2001:db8::5"],
    ["10.0.0.1", "[2001:db8::5]", "2001:db8::5"],
    // Nothing usable: as far as can be seen
    ["10.0.0.1", undefined, "10.0.0.1"],
    ["10.0.0.1", "", "10.0.0.1"],
    ["10.0.0.1", " , ,", "10.0.0.1"],
    ["10.0.0.1", "unknown", "10.0.0.1"],
    ["10.0.0.1", "198.51.100.1, unknown", "10.0.0.1"],
    ["10.0.0.1", "198.51.100.1, unknown, 10.0.0.2", "10.0.0.2"],
    ["10.0.0.1", "2130706433", "10.0.0.1"],
    ["10.0.0.1", "0x7f.1", "10.0.0.1"],
    ["10.0.0.1", "198.51.100.1;evil", "10.0.0.1"],
  ])("behind proxies: %s, %s → %s", (remote, header, expected) => {
    expect(behind(remote, header)).toBe(expected);
  });

  test("is an address whatever is sent, and never an exception", () => {
    const piece = fc.oneof(
      fc.constantFrom("10.0.0.2", ",", ", ", ":", "[", "]", "%", "/", "::1", "::ffff:", "unknown", ":80"),
      fc.ipV4(),
      fc.ipV6(),
      fc.string({ unit: "binary" }),
    );
    const header = fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join(""));
    fc.assert(
      fc.property(
        fc.option(fc.oneof(piece, fc.constant("10.0.0.1")), { nil: undefined }),
        header,
        (remote, text) => {
          for (const clientIp of [none, behind]) {
            const ip = clientIp(remote, text);
            expect(isIP(ip)).not.toBe(0);
            expect(ip).not.toMatch(/^::ffff:\d+\./);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  test("cannot be changed by what stands before the entry that a trusted proxy wrote", () => {
    const forged = fc.array(fc.oneof(fc.ipV4(), fc.ipV6(), fc.constant("10.0.0.9"), fc.string()), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(forged, (entries) => {
        expect(behind("10.0.0.1", [...entries, "198.51.100.1", "10.0.0.2"].join(", "))).toBe("198.51.100.1");
      }),
    );
  });

  test("a range that is none is refused at the start", () => {
    expect(() => createClientIp(["nonsense"])).toThrow(TypeError);
  });
});
