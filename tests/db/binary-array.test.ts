import * as fc from "fast-check";
import { expect, it } from "vitest";
import { BYTEA, binaryArray, INT4, INT8, TEXT, TIMESTAMPTZ, UUID } from "../../src/db/binary-array.ts";
import { openDatabase, statement } from "../../src/db/database.ts";
import { openTestDatabase } from "../support/database.ts";

type Echo = {
  ints: unknown;
  bigints: unknown;
  uuids: unknown;
  bytes: unknown;
  texts: unknown;
  times: unknown;
};

const ECHO = statement<Echo>(
  "test.echo-arrays",
  `select $1::int[] as ints, $2::bigint[] as bigints, $3::uuid[] as uuids, $4::bytea[] as bytes, $5::text[] as texts,
     $6::timestamptz[] as times`,
);

const orNull = <T>(of: fc.Arbitrary<T>) => fc.array(fc.option(of), { maxLength: 5 });
const milliseconds = fc.integer({ min: -62_000_000_000_000, max: 250_000_000_000_000 });

it("gives PostgreSQL what went in, nulls and empty arrays included", async () => {
  await using database = await openTestDatabase();
  await using db = openDatabase({ url: database.url, poolMax: 1, onError: () => {} });
  const arrays = fc.record({
    ints: orNull(fc.integer()),
    bigints: orNull(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)),
    uuids: orNull(fc.uuid()),
    bytes: orNull(fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes))),
    texts: orNull(fc.string({ unit: "grapheme", maxLength: 40 }).map((text) => text.replaceAll("\0", ""))),
    times: orNull(milliseconds.map((ms) => new Date(ms))),
  });
  await fc.assert(
    fc.asyncProperty(arrays, async (given) => {
      const [got] = await db.run(ECHO, [
        binaryArray(INT4, given.ints),
        binaryArray(INT8, given.bigints),
        binaryArray(UUID, given.uuids),
        binaryArray(BYTEA, given.bytes),
        binaryArray(TEXT, given.texts),
        binaryArray(TIMESTAMPTZ, given.times),
      ]);
      expect(got).toEqual(given);
    }),
  );
});
