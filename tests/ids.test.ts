import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AppError } from "../src/errors.ts";
import { bytesToUuid, idTimestampMs, isUuid, newId, uuidToBytes } from "../src/ids.ts";

/** Far beyond the clock, so that the ids of one test do not push those of another ahead. */
let futureMs = Date.parse("2100-01-01T00:00:00Z");
const nextFutureMs = () => (futureMs += 1_000_000);

describe("newId", () => {
  test("is a UUID of version 7 and variant 10 that carries the clock", () => {
    const before = Date.now();
    const id = newId();
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(idTimestampMs(id)).toBeGreaterThanOrEqual(before);
    expect(idTimestampMs(id)).toBeLessThanOrEqual(Date.now());
  });

  test("lays the timestamp out as in the example of RFC 9562, appendix A.6", () => {
    expect(idTimestampMs("017f22e2-79b0-7cc3-98c4-dc0c0c07398f")).toBe(
      Date.parse("2022-02-22T14:22:22-05:00"),
    );
    const atMs = nextFutureMs();
    expect(newId(atMs).replace("-", "").slice(0, 12)).toBe(atMs.toString(16).padStart(12, "0"));
  });

  test("rises strictly, as text and as bytes, whatever the clock does", () => {
    const steps = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 2, maxLength: 200 });
    fc.assert(
      fc.property(steps, (deltas) => {
        let nowMs = nextFutureMs();
        const ids = deltas.map((delta) => newId((nowMs += delta)));
        for (const [index, id] of ids.entries()) {
          const previous = ids[index - 1];
          if (previous === undefined) continue;
          expect(id > previous).toBe(true);
          expect(Buffer.compare(uuidToBytes(id), uuidToBytes(previous))).toBe(1);
        }
      }),
    );
  });

  test("in one millisecond 2,048 fit, whatever the counter starts with", () => {
    for (let round = 0; round < 20; round += 1) {
      const atMs = nextFutureMs();
      const ids = Array.from({ length: 2_048 }, () => newId(atMs));
      expect(new Set(ids.map(idTimestampMs))).toEqual(new Set([atMs]));
    }
  });

  test("more than fit run ahead of the clock instead of repeating", () => {
    const atMs = nextFutureMs();
    const ids = Array.from({ length: 10_000 }, () => newId(atMs));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(ids.toSorted());
    const last = ids.at(-1) ?? "";
    expect(idTimestampMs(last)).toBeGreaterThan(atMs);
    expect(idTimestampMs(last)).toBeLessThanOrEqual(atMs + 5);
  });

  test("two ids of one millisecond share no random half", () => {
    const atMs = nextFutureMs();
    const tails = Array.from({ length: 2_000 }, () => newId(atMs).slice(19));
    expect(new Set(tails).size).toBe(tails.length);
  });

  test.each([-1, Number.NaN, 2 ** 48, Infinity])("refuses the time %s", (nowMs) => {
    expect(() => newId(nowMs)).toThrow(RangeError);
  });
});

describe("bytes", () => {
  test("and text are the same", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        const id = bytesToUuid(bytes);
        expect(isUuid(id)).toBe(true);
        expect([...uuidToBytes(id)]).toEqual([...bytes]);
      }),
    );
    fc.assert(fc.property(fc.uuid(), (id) => bytesToUuid(uuidToBytes(id)) === id));
  });

  test("of another length, and texts that are no UUID, are refused", () => {
    expect(() => bytesToUuid(new Uint8Array(15))).toThrow(AppError);
    for (const text of [
      "",
      "x",
      "017F22E2-79B0-7CC3-98C4-DC0C0C07398F",
      "{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}",
    ]) {
      expect(isUuid(text)).toBe(false);
      expect(() => uuidToBytes(text)).toThrow(AppError);
      expect(() => idTimestampMs(text)).toThrow(AppError);
    }
    expect(() => idTimestampMs("017f22e2-79b0-4cc3-98c4-dc0c0c07398f")).toThrow(AppError);
    expect(isUuid("017f22e2-79b0-7cc3-98c4-dc0c0c07398f\n")).toBe(false);
  });
});
