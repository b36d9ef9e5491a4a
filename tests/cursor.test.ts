import { createHmac } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CURSOR_CHARS_MAX, decodeCursor, encodeCursor } from "../src/cursor.ts";

const key = Buffer.alloc(32, 3);
const scope = "comments 12 oldest";
const value = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const values = fc.array(fc.option(value), { maxLength: 6 });
const refused = expect.objectContaining({
  code: "invalid_input",
  fields: [expect.objectContaining({ path: "cursor" })],
});

const signed = (payload: string) => {
  const mac = createHmac("sha256", key).update(`${scope.length}:${scope}`).update(payload).digest();
  return Buffer.concat([mac.subarray(0, 16), Buffer.from(payload)]).toString("base64url");
};

describe("a cursor", () => {
  test("gives back what was put in, and is URL-safe", () => {
    fc.assert(
      fc.property(values, fc.string(), (put, scope) => {
        const cursor = encodeCursor(key, scope, put);
        expect(cursor).toMatch(/^[\w-]+$/);
        // JSON knows no negative zero; a sort key needs none.
        const expected = put.map((one) => (one === 0 ? 0 : one));
        expect(decodeCursor(key, scope, cursor)).toEqual(expected);
      }),
    );
  });

  test("is small: an id and a time take less than 100 characters", () => {
    const id = "018f4d2e-7b1a-7c3d-9e4f-0123456789ab";
    expect(encodeCursor(key, scope, [1_750_000_000_000, id]).length).toBeLessThan(100);
  });

  test("of another list or another key is refused", () => {
    fc.assert(
      fc.property(values, fc.string(), fc.string(), (put, mine, other) => {
        fc.pre(mine !== other);
        const cursor = encodeCursor(key, mine, put);
        expect(() => decodeCursor(key, other, cursor)).toThrow(refused);
        expect(() => decodeCursor(Buffer.alloc(32, 4), mine, cursor)).toThrow(refused);
      }),
    );
  });

  test("with any one character changed, added or removed is refused", () => {
    const character = fc.constantFrom("A", "B", "z", "0", "-", "_", "=", "+", " ", "é");
    fc.assert(
      fc.property(values, fc.nat(), fc.constantFrom(0, 1), fc.option(character), (put, seed, cut, insert) => {
        const cursor = encodeCursor(key, scope, put);
        const at = seed % (cursor.length + 1);
        const changed = cursor.slice(0, at) + (insert ?? "") + cursor.slice(at + cut);
        fc.pre(changed !== cursor);
        expect(() => decodeCursor(key, scope, changed)).toThrow(refused);
      }),
      { numRuns: 300 },
    );
  });

  describe("rightly signed", () => {
    test("a list of values is read", () => {
      expect(decodeCursor(key, scope, signed('["a",1,null]'))).toEqual(["a", 1, null]);
    });

    test.each(["{", "{}", "[[1]]", "[true]", '"a"'])("anything else, %s, is refused", (payload) => {
      expect(() => decodeCursor(key, scope, signed(payload))).toThrow(refused);
    });
  });

  test("of any text is refused, however long", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(() => decodeCursor(key, scope, text)).toThrow(refused);
      }),
    );
    expect(() => decodeCursor(key, scope, "A".repeat(CURSOR_CHARS_MAX + 1))).toThrow(refused);
  });

  test("cannot be made of what it could not give back", () => {
    for (const bad of [Number.NaN, Infinity, "x".repeat(CURSOR_CHARS_MAX)]) {
      expect(() => encodeCursor(key, scope, [bad])).toThrow(RangeError);
    }
  });
});
