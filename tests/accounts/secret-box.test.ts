import { createHmac, randomBytes } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSecretBox, deriveKey, keyedHash } from "../../src/accounts/secret-box.ts";
import { AppError } from "../../src/errors.ts";

const OLD = { id: "2025", key: randomBytes(32) };
const NEW = { id: "2026-a_B", key: randomBytes(32) };

function hmac(key: string | Buffer, data: string): Buffer {
  return createHmac("sha256", key).update(data).digest();
}

describe("a secret box", () => {
  it("opens what it sealed, and never seals alike twice", () => {
    const box = createSecretBox([OLD]);
    const text = fc.oneof(fc.string(), fc.string({ unit: "grapheme" }), fc.constant("x".repeat(100_000)));
    fc.assert(
      fc.property(text, fc.string(), (plaintext, aad) => {
        const sealed = box.seal(plaintext, aad);
        expect(box.open(sealed, aad)).toBe(plaintext.toWellFormed());
        expect(box.seal(plaintext, aad).equals(sealed)).toBe(false);
      }),
      { numRuns: 50 },
    );
  });

  it("has the documented format, in which the text does not appear", () => {
    const sealed = createSecretBox([NEW]).seal("reader@example.com", "author:1");
    expect(sealed).toHaveLength(2 + 8 + 12 + 18 + 16);
    expect(sealed.subarray(0, 10)).toEqual(Buffer.from("\u0001\u00082026-a_B", "latin1"));
    expect(sealed.includes("reader")).toBe(false);
  });

  it("does not open when any byte has changed, is missing or was added", () => {
    const box = createSecretBox([OLD, NEW]);
    const sealed = box.seal("whsec_abc", "endpoint:1");
    for (let index = 0; index < sealed.length; index += 1) {
      for (const bit of [1, 128]) {
        const changed = Buffer.from(sealed);
        changed[index] = (changed[index] ?? 0) ^ bit;
        expect(() => box.open(changed, "endpoint:1")).toThrow(AppError);
      }
      expect(() => box.open(sealed.subarray(0, index), "endpoint:1")).toThrow(AppError);
    }
    expect(() => box.open(Buffer.concat([sealed, Buffer.from([0])]), "endpoint:1")).toThrow(AppError);
  });

  it("does not open elsewhere than where it was sealed for", () => {
    const box = createSecretBox([OLD]);
    const sealed = box.seal("reader@example.com", "author:1");
    expect(() => box.open(sealed, "author:2")).toThrow("damaged, or belongs elsewhere");
    expect(() => createSecretBox([{ id: OLD.id, key: NEW.key }]).open(sealed, "author:1")).toThrow(
      "does not open",
    );
  });

  it("never opens bytes from elsewhere, and says so clearly", () => {
    const box = createSecretBox([OLD]);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(() => box.open(Buffer.from(bytes), "")).toThrow(AppError);
      }),
    );
  });

  it("rotates: the first key seals, all open, and a key that was dropped is named", () => {
    const before = createSecretBox([OLD]).seal("a", "x");
    const rotated = createSecretBox([NEW, OLD]);
    expect(rotated.open(before, "x")).toBe("a");
    const after = rotated.seal("b", "x");
    expect(createSecretBox([NEW]).open(after, "x")).toBe("b");
    expect(() => createSecretBox([NEW]).open(before, "x")).toThrow(
      expect.objectContaining({
        code: "unavailable",
        reason: "unknown_key",
        message: expect.stringContaining('"2025"'),
      }),
    );
  });

  it.each([
    ["no key", []],
    ["a short key", [{ id: "a", key: randomBytes(16) }]],
    ["an empty id", [{ id: "", key: randomBytes(32) }]],
    ["a long id", [{ id: "a".repeat(33), key: randomBytes(32) }]],
    ["an id of other characters", [{ id: "ä", key: randomBytes(32) }]],
    ["one id twice", [OLD, { id: OLD.id, key: randomBytes(32) }]],
  ])("is not made from %s", (_what, keys) => {
    expect(() => createSecretBox(keys)).toThrow(AppError);
  });
});

describe("derived keys", () => {
  it("are those of RFC 5869, computed here step by step", () => {
    const pseudoRandomKey = hmac("parley", "a long random secret");
    expect(deriveKey("a long random secret", "email.hash").export()).toEqual(
      hmac(pseudoRandomKey, "email.hash\u0001"),
    );
  });

  it("differ by secret and by purpose", () => {
    const keys = [deriveKey("s", "a"), deriveKey("s", "b"), deriveKey("t", "a")].map((key) =>
      key.export().toString("hex"),
    );
    expect(new Set(keys).size).toBe(3);
  });

  it("need a secret and a purpose", () => {
    expect(() => deriveKey("", "a")).toThrow(AppError);
    expect(() => deriveKey("s", "")).toThrow(AppError);
  });
});

describe("keyedHash", () => {
  it("is HMAC-SHA-256, by the second test case of RFC 4231", () => {
    expect(keyedHash(Buffer.from("Jefe"), "what do ya want for nothing?").toString("hex")).toBe(
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    );
  });
});
