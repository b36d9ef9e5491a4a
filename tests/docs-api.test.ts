import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { isScope, SCOPES_OF_KIND, TOKEN_KINDS } from "../src/accounts/scopes.ts";
import { limitsSchema } from "../src/sites/limits.ts";
import { listsSchema } from "../src/sites/schema.ts";

const text = readFileSync(new URL("../docs/API.md", import.meta.url), "utf8");
const number = (cell: string | undefined) => Number((cell ?? "").replaceAll(",", ""));

/** Rows of all tables whose first cell is one name in code. */
const rows = text.split("\n").flatMap((line) => {
  const [, name, rest] = /^\| `([\w:]+)` \|(.*)\|$/.exec(line) ?? [];
  return name === undefined ? [] : [{ name, cells: (rest ?? "").split("|").map((cell) => cell.trim()) }];
});

describe("docs/API.md", () => {
  it("lists every limit with its default and bounds", () => {
    const { properties } = z
      .object({
        properties: z.record(z.string(), z.object({ default: z.int(), minimum: z.int(), maximum: z.int() })),
      })
      .parse(z.toJSONSchema(limitsSchema));
    const limits = Object.entries(properties).map(([name, limit]) => [
      name,
      limit.default,
      limit.minimum,
      limit.maximum,
    ]);
    const names = new Set(Object.keys(properties));
    const listed = rows.filter(({ name }) => names.has(name));
    expect(
      listed.map(({ name, cells }) => [name, number(cells[0]), number(cells[1]), number(cells[2])]),
    ).toEqual(limits);
  });

  it("lists every list", () => {
    const names = Object.keys(listsSchema.shape);
    const known = new Set(names);
    expect(rows.map(({ name }) => name).filter((name) => known.has(name))).toEqual(names);
  });

  it("says which kinds of token may have a scope", () => {
    const listed = rows.filter(({ name }) => isScope(name));
    expect(listed.length).toBeGreaterThanOrEqual(7);
    for (const { name, cells } of listed) {
      const kinds = TOKEN_KINDS.filter((_, index) => cells[index + 1] === "✓");
      expect(kinds, name).toEqual(
        TOKEN_KINDS.filter((kind) => SCOPES_OF_KIND[kind].some((scope) => scope === name)),
      );
    }
  });
});
