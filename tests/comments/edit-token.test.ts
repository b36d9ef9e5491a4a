import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { issueEditToken, verifyEditToken } from "../../src/comments/edit-token.ts";

const key = Buffer.alloc(32, 9);
const id = fc.uuid({ version: 7 });

describe("an edit token", () => {
  test("is the HMAC-SHA-256 of the comment's id", () => {
    // printf %s 018f4d2e-7b1a-7c3d-9e4f-0123456789ab | openssl dgst -sha256 -mac HMAC -macopt hexkey:0909…
    expect(issueEditToken(key, "018f4d2e-7b1a-7c3d-9e4f-0123456789ab")).toBe(
      "pe_hJpMNxaRnOFqpPxkKhfUJgTDaejQIL-0ppihBa5vcv4",
    );
  });

  test("is the same each time and opens its own comment only", () => {
    fc.assert(
      fc.property(id, id, (mine, other) => {
        fc.pre(mine !== other);
        const token = issueEditToken(key, mine);
        expect(token).toMatch(/^pe_[\w-]{43}$/);
        expect(issueEditToken(key, mine)).toBe(token);
        expect(verifyEditToken(key, mine, token)).toBe(true);
        expect(verifyEditToken(key, other, token)).toBe(false);
        expect(verifyEditToken(Buffer.alloc(32, 8), mine, token)).toBe(false);
      }),
    );
  });

  test("with any one character changed, added or removed opens nothing", () => {
    const character = fc.constantFrom("A", "B", "z", "0", "-", "_", "=", " ", "é");
    fc.assert(
      fc.property(id, fc.nat(46), fc.constantFrom(0, 1), fc.option(character), (comment, at, cut, put) => {
        const token = issueEditToken(key, comment);
        const changed = token.slice(0, at) + (put ?? "") + token.slice(at + cut);
        fc.pre(changed !== token);
        expect(verifyEditToken(key, comment, changed)).toBe(false);
      }),
    );
  });

  test("has one spelling: the spare bits of its last character count", () => {
    const comment = "018f4d2e-7b1a-7c3d-9e4f-0123456789ab";
    const token = issueEditToken(key, comment);
    const bytes = Buffer.from(token.slice(3), "base64url");
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const spellings = alphabet.split("").map((last) => token.slice(0, -1) + last);
    const same = spellings.filter((text) => Buffer.from(text.slice(3), "base64url").equals(bytes));
    expect(same).toHaveLength(4);
    expect(same.filter((text) => verifyEditToken(key, comment, text))).toEqual([token]);
  });

  test("of any text is refused without an exception", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => !verifyEditToken(key, "c", text)));
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", minLength: 46, maxLength: 46 }),
        (text) => !verifyEditToken(key, "c", text),
      ),
    );
  });
});
