/** How values of a type are sent in binary: its fixed id (`pg_type.oid`), how many bytes one takes, and how it is written. */
export type BinaryType<Value> = {
  oid: number;
  bytes(value: Value): number;
  write(to: Buffer, value: Value, at: number): unknown;
};

/** Milliseconds of 1 January 2000, from which PostgreSQL counts. */
const POSTGRES_EPOCH_MS = Date.UTC(2000, 0);
/** Dimensions, whether there are nulls, type, length, lower bound. */
const HEADER_BYTES = 20;

export const INT4: BinaryType<number> = {
  oid: 23,
  bytes: () => 4,
  write: (to, value, at) => to.writeInt32BE(value, at),
};

/** A bigint as the driver gives it, its decimal digits, or as ours. */
export const INT8: BinaryType<string | bigint> = {
  oid: 20,
  bytes: () => 8,
  write: (to, value, at) => to.writeBigInt64BE(BigInt(value), at),
};

export const UUID: BinaryType<string> = {
  oid: 2950,
  bytes: () => 16,
  write: (to, value, at) => to.write(value.replaceAll("-", ""), at, "hex"),
};

export const BYTEA: BinaryType<Uint8Array> = {
  oid: 17,
  bytes: (value) => value.length,
  write: (to, value, at) => to.set(value, at),
};

export const TEXT: BinaryType<string> = {
  oid: 25,
  bytes: (value) => Buffer.byteLength(value),
  write: (to, value, at) => to.write(value, at),
};

export const TIMESTAMPTZ: BinaryType<Date> = {
  oid: 1184,
  bytes: () => 8,
  write: (to, value, at) => to.writeBigInt64BE(BigInt(value.getTime() - POSTGRES_EPOCH_MS) * 1_000n, at),
};

/**
 * An array parameter in PostgreSQL's binary form (`array_recv` in its source), which the driver sends as it is. As text each character
 * is looked at several times, here for what would have to be escaped and there for quotes, and a byte of a bytea is two.
 */
export function binaryArray<Value>(type: BinaryType<Value>, values: readonly (Value | null)[]): Buffer {
  let size = HEADER_BYTES;
  for (const value of values) size += 4 + (value === null ? 0 : type.bytes(value));
  const array = Buffer.allocUnsafe(size);
  array.writeInt32BE(1, 0);
  array.writeInt32BE(values.includes(null) ? 1 : 0, 4);
  array.writeInt32BE(type.oid, 8);
  array.writeInt32BE(values.length, 12);
  array.writeInt32BE(1, 16);
  let at = HEADER_BYTES;
  for (const value of values) {
    const bytes = value === null ? -1 : type.bytes(value);
    array.writeInt32BE(bytes, at);
    at += 4;
    if (value === null) continue;
    type.write(array, value, at);
    at += bytes;
  }
  return array;
}

/** Makes columns of rows, each a {@link binaryArray} of what it takes from them. */
export function columnsOf<Row>(rows: readonly Row[]) {
  return <Value>(type: BinaryType<Value>, of: (row: Row) => Value | null): Buffer =>
    binaryArray(type, rows.map(of));
}
