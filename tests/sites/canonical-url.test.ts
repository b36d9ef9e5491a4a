import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AppError } from "../../src/errors.ts";
import { canonicalUrl, isOfOrigins, parseOrigin } from "../../src/sites/canonical-url.ts";

const segment = fc.stringMatching(/^[A-Za-z0-9_~.-]{1,12}$/).filter((text) => !/^\.+$|^index\./.test(text));
const path = fc.array(segment, { maxLength: 5 }).map((segments) => `/${segments.join("/")}`);
const parameter = fc
  .tuple(fc.stringMatching(/^[a-t][a-z]{0,5}$/), fc.stringMatching(/^[A-Za-z0-9%+:-]{0,8}$/))
  .map(([name, value]) => `${name}=${value}`);
const query = fc.array(parameter, { maxLength: 4 });
const host = fc.domain();
const webUrl = fc.webUrl({ validSchemes: ["http", "https"], withQueryParameters: true, withFragments: true });
const PUNCTUATION = "/ ? # & = % : @ . [ ] | \\ + * ~ '".split(" ");
/** Everything an address may be made of, put together without sense. */
const messyUrl = fc
  .array(fc.oneof(fc.constantFrom(...PUNCTUATION, "%2e", "%41", "%2F", "index.php", "é", "\ud800"), segment))
  .map((pieces) => `https://example.org/${pieces.join("")}`);

type Parts = { host: string; port: string; path: string; value: string };
const text = ({ host, port, path, value }: Parts) =>
  `https://${host.toLowerCase()}${port}${path}?id=${value}`;

describe("canonicalUrl", () => {
  test.each([
    // RFC 3986 §6.2.2 and §6.2.3
    ["HTTP://Example.ORG/a", "https://example.org/a"],
    ["https://example.org", "https://example.org/"],
    ["http://example.org:80/a", "https://example.org/a"],
    ["https://example.org:443/a", "https://example.org/a"],
    ["http://example.org:443/a", "https://example.org/a"],
    ["http://localhost:3000/a", "https://localhost:3000/a"],
    ["https://example.org/a/./b/../c", "https://example.org/a/c"],
    ["https://example.org/%7Eada/%c3%a9", "https://example.org/~ada/%C3%A9"],
    ["https://example.org/é|x", "https://example.org/%C3%A9%7Cx"],
    ["https://example.org/%2e%2E/a%2eb", "https://example.org/a.b"],
    ["https://example.org/100%", "https://example.org/100%25"],
    ["https://bücher.example./a", "https://xn--bcher-kva.example/a"],
    ["  https://example.org/a\n", "https://example.org/a"],
    // Beyond it
    ["https://example.org/a/", "https://example.org/a"],
    ["https://example.org/a//", "https://example.org/a"],
    ["https://example.org/a/index.html", "https://example.org/a"],
    ["https://example.org/index.php/?p=12", "https://example.org/?p=12"],
    ["https://example.org/a#comments", "https://example.org/a"],
    ["https://example.org/a#!/b", "https://example.org/a"],
    ["https://example.org/a?utm_source=x&b=2&fbclid=y&a=1&UTM_Medium=z", "https://example.org/a?a=1&b=2"],
    ["https://example.org/a?utm%5Fsource=x&replytocom=7&&", "https://example.org/a"],
    ["https://example.org/a?b=2&b=1&a", "https://example.org/a?a&b=2&b=1"],
    ["https://example.org/a?", "https://example.org/a"],
    // Left alone on purpose
    ["https://www.example.org/a", "https://www.example.org/a"],
    ["https://example.org/a//b", "https://example.org/a//b"],
    ["https://example.org/A", "https://example.org/A"],
    ["https://example.org/a?ref=home&page=2&x=1+2", "https://example.org/a?page=2&ref=home&x=1+2"],
    ["https://example.org/a%2Fb", "https://example.org/a%2Fb"],
    ["https://example.org/a/amp", "https://example.org/a/amp"],
    ["https://example.org/indexphp", "https://example.org/indexphp"],
    ["https://example.org/my-index.php", "https://example.org/my-index.php"],
  ])("%s → %s", (input, expected) => {
    expect(canonicalUrl(input)).toBe(expected);
  });

  test.each([
    "",
    "example.org/a",
    "//example.org/a",
    "https:example.org",
    "ftp://example.org/",
    "javascript:alert(1)",
    "https://",
    "https://./",
    "https://example.org../",
    "https://ada@example.org/",
    "https://:pw@example.org/",
    "https://example.org:99999/",
    "https://exa mple.org/",
    "https://exam\nple.org/",
    "https://example.org/\u0000",
    `https://example.org/${"a".repeat(2_048)}`,
    `https://example.org/${"é".repeat(1_000)}`,
  ])("refuses %j and names the field", (input) => {
    expect(() => canonicalUrl(input)).toThrow(
      expect.objectContaining({ code: "invalid_input", fields: [expect.objectContaining({ path: "url" })] }),
    );
  });

  test("twice is once", () => {
    fc.assert(
      fc.property(fc.oneof(webUrl, messyUrl), (url) => {
        const once = canonicalUrl(url);
        expect(canonicalUrl(once)).toBe(once);
      }),
      { numRuns: 1_000 },
    );
  });

  test("fragment, trackers, their place, scheme and trailing slash never matter", () => {
    const tracker = fc.constantFrom(
      "utm_source=a",
      "UTM_ID=",
      "fbclid=b%20c",
      "gclid",
      "mc_eid=1=2",
      "_ga=3",
      "_hsmi=4",
    );
    const noise = fc.record({
      trackers: fc.array(fc.tuple(tracker, fc.nat(10))),
      fragment: fc.oneof(
        fc.constant(""),
        fc.string({ unit: "grapheme" }).map((text) => `#${text}`),
      ),
      scheme: fc.constantFrom("http", "https", "HTTPS"),
      slash: fc.constantFrom("", "/", "/index.html"),
    });
    fc.assert(
      fc.property(host, path, query, noise, (host, path, query, { trackers, fragment, scheme, slash }) => {
        const noisy = [...query];
        for (const [text, at] of trackers) noisy.splice(at, 0, text);
        const plain = `https://${host}${path}?${query.join("&")}`;
        const cleanFragment = fragment.replaceAll(/\p{Cc}/gu, "");
        const other = `${scheme}://${host.toUpperCase()}${path}${slash}?${noisy.join("&")}${cleanFragment}`;
        expect(canonicalUrl(other)).toBe(canonicalUrl(plain));
      }),
    );
  });

  test("distinct paths, hosts, ports and parameters stay distinct", () => {
    const port = fc.constantFrom("", ":81", ":8080");
    const address = fc.record({ host, port, path, value: fc.stringMatching(/^[A-Za-z0-9:]{0,4}$/) });
    // Mostly alike, so that one part alone must make the difference.
    const pair = fc.tuple(address, address, fc.constantFrom("host", "port", "path", "value"));
    fc.assert(
      fc.property(pair, ([a, other, part]) => {
        const b = { ...a, [part]: other[part] };
        expect(canonicalUrl(text(a)) === canonicalUrl(text(b))).toBe(text(a) === text(b));
      }),
    );
  });

  test("throws nothing but AppError, and what it returns is a plain https address", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: "binary" }), messyUrl, fc.webUrl({ validSchemes: ["http", "ftp"] })),
        (text) => {
          try {
            expect(canonicalUrl(text)).toMatch(/^https:\/\/[^/?#@]+\/[\w.~!$&'()*+,;=:@/%?-]*$/);
          } catch (error) {
            expect(error).toBeInstanceOf(AppError);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("parseOrigin", () => {
  test.each([
    ["https://Example.org", "https://example.org"],
    ["https://example.org/", "https://example.org"],
    ["https://example.org:443", "https://example.org"],
    ["http://localhost:3000", "http://localhost:3000"],
    ["https://*.Example.org", "https://*.example.org"],
    ["https://*.bücher.example", "https://*.xn--bcher-kva.example"],
    ["https://*.news.example.co.uk:8443", "https://*.news.example.co.uk:8443"],
    ["http://*.localhost:3000", "http://*.localhost:3000"],
    ["http://[2001:db8::1]:80", "http://[2001:db8::1]"],
  ])("%s → %s", (text, expected) => {
    expect(parseOrigin(text)).toBe(expected);
    expect(parseOrigin(expected)).toBe(expected);
  });

  test.each([
    "",
    "null",
    "*",
    "example.org",
    "https://*",
    "https://*.",
    "https://*.co.uk",
    "https://*.github.io",
    "https://*.*.example.org",
    "https://a.*.example.org",
    "https://*example.org",
    "https://*.127.0.0.1",
    "https://example.org/blog",
    "https://example.org/?a",
    "https://example.org/#a",
    "https://ada@example.org",
    "file:///etc/passwd",
    `https://${"a.".repeat(200)}org`,
  ])("refuses %j", (text) => {
    expect(() => parseOrigin(text, "origins.3")).toThrow(
      expect.objectContaining({
        code: "invalid_input",
        fields: [expect.objectContaining({ path: "origins.3" })],
      }),
    );
  });
});

describe("isOfOrigins", () => {
  const origins = ["https://example.org", "https://*.example.net", "http://localhost:3000"].map((one) =>
    parseOrigin(one),
  );

  test.each([
    ["https://example.org/a?b#c", true],
    ["https://EXAMPLE.org:443", true],
    [" https://example.org/a\n", true],
    ["http://localhost:3000/a", true],
    ["https://blog.example.net/a", true],
    ["https://a.b.example.net", true],
    ["http://example.org/a", false],
    ["https://example.org:8443/", false],
    ["https://www.example.org/", false],
    ["https://example.org.evil.example/", false],
    ["https://evil-example.org/", false],
    ["https://example.net/", false],
    ["https://evilexample.net/", false],
    ["https://.example.net/", false],
    ["http://blog.example.net/", false],
    ["https://evil.example/.example.net", false],
    ["https://evil.example/?x=.example.net", false],
    ["https://blog.example.net@evil.example/", false],
    ["https://ada@example.org/", false],
    ["null", false],
    ["", false],
  ])("%s: %s", (url, expected) => {
    expect(isOfOrigins(url, origins)).toBe(expected);
  });

  test("never throws, and holds for whatever carries the origin itself", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => !isOfOrigins(text, origins)));
    fc.assert(fc.property(webUrl, (url) => isOfOrigins(url, [parseOrigin(new URL(url).origin)])));
    fc.assert(fc.property(webUrl, (url) => !isOfOrigins(url, [])));
  });
});
