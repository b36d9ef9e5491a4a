import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { generateApiToken, hashApiToken, parseApiToken } from "../../src/accounts/api-token.ts";
import { isScope, SCOPE_DESCRIPTIONS, SCOPES_OF_KIND, TOKEN_KINDS } from "../../src/accounts/scopes.ts";

const kind = fc.constantFrom(...TOKEN_KINDS);

describe("an API token", () => {
  test("says what it is, is parsed back, and its hash is that of the whole", () => {
    fc.assert(
      fc.property(kind, (kind) => {
        const { token, displayPrefix, hash } = generateApiToken(kind);
        expect(token).toMatch(new RegExp(`^pa_${kind}_[0-9A-Za-z]{36}$`));
        expect(token.startsWith(displayPrefix)).toBe(true);
        expect(displayPrefix).toHaveLength(`pa_${kind}_`.length + 4);
        expect(parseApiToken(token)).toEqual({ kind, displayPrefix });
        expect(hash.equals(createHash("sha256").update(token).digest())).toBe(true);
        expect(hash.equals(hashApiToken(token))).toBe(true);
      }),
    );
  });

  test("carries the checksum that zlib's CRC-32 of the part before it gives", () => {
    // python3: zlib.crc32(b"pa_admin_000000000000000000000000000000"), in base 62 of six digits
    expect(parseApiToken("pa_admin_0000000000000000000000000000001VaL3t")).toEqual({
      kind: "admin",
      displayPrefix: "pa_admin_0000",
    });
  });

  test("is random to the last character", () => {
    const random = Array.from({ length: 2_000 }, () => generateApiToken("site").token.slice(8, 38));
    expect(new Set(random).size).toBe(2_000);
    const counts = new Map<string, number>();
    for (const character of random.join("")) counts.set(character, (counts.get(character) ?? 0) + 1);
    expect(counts.size).toBe(62);
    // 60,000 draws of 62: 968 each, standard deviation 31. Taking bytes modulo 62 would give 8 of them 1,172.
    expect(Math.max(...counts.values())).toBeLessThan(1_150);
    expect(Math.min(...counts.values())).toBeGreaterThan(780);
  });

  test("with any one character changed, added or removed is none", () => {
    const character = fc.constantFrom("A", "b", "z", "0", "9", "_", "-", " ", "é");
    fc.assert(
      fc.property(kind, fc.nat(45), fc.constantFrom(0, 1), fc.option(character), (kind, at, cut, put) => {
        const { token } = generateApiToken(kind);
        const changed = token.slice(0, at) + (put ?? "") + token.slice(at + cut);
        fc.pre(changed !== token);
        expect(parseApiToken(changed)).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });

  test("with two neighbours swapped is none", () => {
    fc.assert(
      fc.property(fc.nat(34), (at) => {
        const { token } = generateApiToken("mod");
        const start = "pa_mod_".length + at;
        const swapped =
          token.slice(0, start) + token.charAt(start + 1) + token.charAt(start) + token.slice(start + 2);
        fc.pre(swapped !== token);
        expect(parseApiToken(swapped)).toBeUndefined();
      }),
    );
  });

  test("is not any text", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => parseApiToken(text) === undefined));
    expect(parseApiToken(`${generateApiToken("mod").token}\n`)).toBeUndefined();
  });
});

describe("scopes", () => {
  test("are known by name; every kind has some, and an operator's token all of them", () => {
    for (const kind of TOKEN_KINDS) {
      expect(SCOPES_OF_KIND[kind].every(isScope)).toBe(true);
      expect(SCOPES_OF_KIND[kind].length).toBeGreaterThan(0);
    }
    expect(new Set(SCOPES_OF_KIND.admin)).toEqual(new Set(Object.keys(SCOPE_DESCRIPTIONS)));
    for (const text of ["", "comments", "comments:*", "toString", "__proto__"])
      expect(isScope(text)).toBe(false);
  });
});
