import { expect, it } from "vitest";
import { openDatabase, statement } from "../../src/db/database.ts";
import { linesSql, toLines } from "../../src/db/lines.ts";
import { openTestDatabase } from "../support/database.ts";

const READ = statement<{ id: number; line: string | null }>(
  "test.lines",
  `select * from unnest($1::int[], ${linesSql("$2")}) as t(id, line)`,
);

it("lines arrive as they were sent, and nulls as nulls, also when there is nothing else", async () => {
  await using database = await openTestDatabase();
  await using db = openDatabase({ url: database.url, poolMax: 1, onError: () => {} });
  const json = JSON.stringify({
    text: "two\nlines, \"quoted\", {braced}, back\\slash\\n, '', null",
    none: null,
  });
  for (const lines of [[json, null, "null", json], [null], [null, null], [null, json], [json]]) {
    const ids = lines.map((_, index) => index);
    const rows = await db.run(READ, [ids, toLines(lines)]);
    expect(rows).toEqual(lines.map((line, id) => ({ id, line })));
  }
});
