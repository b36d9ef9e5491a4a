import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isValidEmail, normaliseEmail } from "../../src/accounts/email.ts";

describe("normaliseEmail", () => {
  it.each([
    ["  Reader@Example.COM \n", "reader@example.com"],
    ["first.last+tag@gmail.com", "first.last+tag@gmail.com"],
    ["Zoe\u0308@example.com", "zoë@example.com"],
    ["a@BÜCHER.example", "a@xn--bcher-kva.example"],
    ["a@bu\u0308cher.example", "a@xn--bcher-kva.example"],
    ["a@xn--bcher-kva.example", "a@xn--bcher-kva.example"],
    ["a@例え。テスト", "a@xn--r8jz45g.xn--zckzah"],
    ['"a@b"@example.com', '"a@b"@example.com'],
    ["nothing", "nothing"],
    ["", ""],
    ["@", "@"],
  ])("makes of %j: %j", (address, normal) => expect(normaliseEmail(address)).toBe(normal));

  it.each([
    "a@bü.example/x",
    "a@bü.example:80",
    "a@bü.example#x",
    "a@b%C3%BC.example",
    "a@bü.exa%6dple",
    "a@bü ü.example",
  ])("does not make a valid address of %j", (address) =>
    expect(isValidEmail(normaliseEmail(address))).toBe(false),
  );

  it("is settled after once, and never throws", () => {
    const domain = fc.oneof(fc.domain(), fc.string({ unit: "grapheme" }));
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), domain, (local, domain) => {
        const normal = normaliseEmail(`${local}@${domain}`);
        expect(normaliseEmail(normal)).toBe(normal);
      }),
      { numRuns: 500 },
    );
  });
});

describe("isValidEmail", () => {
  it.each([
    "a@b",
    "reader@example.com",
    "first.last+tag@sub.example.co.uk",
    "!#$%&'*+/=?^_`{|}~-@example.com",
    ".dots..anywhere.@example.com",
    `${"a".repeat(64)}@example.com`,
    `a@${"b".repeat(63)}.com`,
    `a@${"b".repeat(63)}.${"c".repeat(63)}.${"d".repeat(63)}.${"e".repeat(60)}`,
  ])("accepts %s", (address) => expect(isValidEmail(address)).toBe(true));

  it.each([
    "",
    "a",
    "@",
    "a@",
    "@b",
    "a@b@c",
    "a b@c",
    " a@b",
    "a@b\n",
    "a@b.",
    "a@.b",
    "a@b..c",
    "a@-b",
    "a@b-",
    "a@b_c",
    "a@bücher.example",
    "zoë@example.com",
    '"a"@b',
    "a@[127.0.0.1]",
    "a@b, c@d",
    "a@b\r\nBcc: c@d",
    `${"a".repeat(65)}@example.com`,
    `a@${"b".repeat(64)}.com`,
    `a@${"b".repeat(63)}.${"c".repeat(63)}.${"d".repeat(63)}.${"e".repeat(61)}`,
  ])("refuses %j", (address) => expect(isValidEmail(address)).toBe(false));

  it("accepts no control, space or bracket, whatever the rest", () => {
    const bad = fc.constantFrom(" ", "\r", "\n", "\0", "<", ">", ",", ";", '"', "\\", "(", ")");
    fc.assert(
      fc.property(fc.emailAddress(), bad, fc.nat(), (address, character, place) => {
        const at = place % (address.length + 1);
        expect(isValidEmail(address.slice(0, at) + character + address.slice(at))).toBe(false);
      }),
    );
  });
});
