import { randomFillSync } from "node:crypto";
import { AppError } from "./errors.ts";

/** The 12 bits of `rand_a` count the ids of one millisecond. */
const COUNTER_MAX = 0xfff;
/** Half of the counter is left free, so that 2,048 or more ids fit into any millisecond. */
const COUNTER_SEED_MASK = 0x7ff;
const TIMESTAMP_MS_MAX = 2 ** 48 - 1;
const UUID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
/** One system call fills the random bytes of 512 ids (10 bytes each). */
const pool = Buffer.allocUnsafe(512 * 10);
let poolAt = pool.length;
let lastMs = -1;
let counter = 0;

/**
 * A new UUIDv7 (RFC 9562 §5.7), lower case. Within a process each id is greater than the one before, also as
 * text and when the clock stands still or goes back: the counter of §6.2 method 1, seeded anew each millisecond.
 * Ids carry their time of birth: they are no secrets, and must not be taken for one.
 * @throws RangeError when `nowMs` is not a time that 48 bits can hold.
 */
export function newId(nowMs: number = Date.now()): string {
  if (!(nowMs >= 0 && nowMs <= TIMESTAMP_MS_MAX)) throw new RangeError("nowMs does not fit into 48 bits");
  if (poolAt === pool.length) {
    randomFillSync(pool);
    poolAt = 0;
  }
  const at = poolAt;
  poolAt += 10;
  advance(Math.floor(nowMs), byteAt(at) | (byteAt(at + 1) << 8));
  return format(lastMs, counter, at + 2);
}

function advance(nowMs: number, random: number): void {
  if (nowMs > lastMs) {
    lastMs = nowMs;
    counter = random & COUNTER_SEED_MASK;
  } else if (counter < COUNTER_MAX) {
    counter += 1;
  } else {
    // RFC 9562 §6.2: on overflow run ahead of the clock rather than repeat or wait.
    lastMs += 1;
    counter = random & COUNTER_SEED_MASK;
  }
}

function format(ms: number, count: number, at: number): string {
  const high = Math.floor(ms / 0x1_0000);
  const low = ms % 0x1_0000;
  return (
    `${hex(high >>> 24)}${hex(high >>> 16)}${hex(high >>> 8)}${hex(high)}-${hex(low >>> 8)}${hex(low)}` +
    `-${hex(0x70 | (count >>> 8))}${hex(count)}` +
    `-${hex(0x80 | (byteAt(at) & 0x3f))}${hex(byteAt(at + 1))}` +
    `-${hex(byteAt(at + 2))}${hex(byteAt(at + 3))}${hex(byteAt(at + 4))}${hex(byteAt(at + 5))}${hex(byteAt(at + 6))}${hex(byteAt(at + 7))}`
  );
}

function byteAt(index: number): number {
  return pool[index] ?? 0;
}

function hex(byte: number): string {
  return HEX[byte & 0xff] ?? "";
}

/** Whether the text is a UUID of any version in the form Parley stores: 36 characters, lower case. */
export function isUuid(text: string): boolean {
  return text.length === 36 && UUID_PATTERN.test(text);
}

/**
 * The millisecond of birth that a UUIDv7 carries.
 * @throws AppError `invalid_input` when it is not a version 7 UUID.
 */
export function idTimestampMs(id: string): number {
  if (!isUuid(id) || id[14] !== "7") throw badId();
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

/** The least UUID that can have been born at `ms` or later: the lower end of a range over ids. */
export function uuidFloor(ms: number): string {
  const text = Math.max(0, Math.floor(ms)).toString(16).padStart(12, "0");
  return `${text.slice(0, 8)}-${text.slice(8, 12)}-0000-0000-000000000000`;
}

/** The 16 bytes of a UUID, in network order. @throws AppError `invalid_input` when it is none. */
export function uuidToBytes(id: string): Buffer {
  if (!isUuid(id)) throw badId();
  return Buffer.from(id.replaceAll("-", ""), "hex");
}

/** The UUID of 16 bytes. @throws AppError `invalid_input` for another length. */
export function bytesToUuid(bytes: Uint8Array): string {
  if (bytes.length !== 16) throw badId();
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
  return `${text.slice(0, 8)}-${text.slice(8, 12)}-${text.slice(12, 16)}-${text.slice(16, 20)}-${text.slice(20)}`;
}

function badId(): AppError {
  return new AppError("invalid_input", "This is not a valid id.", { reason: "bad_id" });
}
