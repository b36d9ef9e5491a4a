import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createFactTable } from "../../src/moderation/policy/fact-table.ts";
import { gatherFacts } from "../../src/moderation/policy/gather-facts.ts";
import { compilePlain } from "../../src/moderation/policy/plain-expression.ts";
import { evidenceOf, TEST_FACTS } from "./policy-facts.ts";

const table = createFactTable(TEST_FACTS);

const facts = fc.record({
  "links.count": fc.oneof(fc.integer({ min: -3, max: 3 }), fc.maxSafeInteger()),
  "links.hosts": fc.array(fc.constantFrom("a", "b", ""), { maxLength: 3 }),
  "links.website": fc.boolean(),
  "style.shouting": fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(0, -0, 0.5),
  ),
  "author.status": fc.constantFrom("normal", "trusted", ""),
  "author.published": fc.oneof(fc.nat({ max: 3 }), fc.maxSafeInteger()),
});

const { int, double, bool } = fc.letrec<Record<"int" | "double" | "string" | "bool", string>>((tie) => {
  const combine = (type: "int" | "double" | "string" | "bool", operators: readonly string[]) =>
    fc.tuple(tie(type), fc.constantFrom(...operators), tie(type)).map((parts) => `(${parts.join(" ")})`);
  const ordered = ["==", "!=", "<", "<=", ">", ">="];
  return {
    int: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.constantFrom("links.count", "author.published", "links.hosts.size()", "size(links.hosts)"),
      fc.oneof(fc.integer({ min: -3, max: 3 }), fc.maxSafeInteger()).map((value) => `${value}`),
      combine("int", ["+", "-", "*"]),
    ),
    double: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.constantFrom("style.shouting", "0.5", "-0.0", "1e300", "2.0"),
      combine("double", ["+", "-", "*"]),
    ),
    string: fc.constantFrom("author.status", '"trusted"', '""'),
    bool: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.constantFrom(
        "links.website",
        "true",
        "false",
        "has(links.count)",
        'author.status in ["trusted", "x"]',
      ),
      combine("int", ordered),
      combine("double", ordered),
      combine("string", ["==", "!="]),
      combine("bool", ["&&", "||", "==", "!="]),
      tie("bool").map((operand) => `!(${operand})`),
    ),
  };
});

describe("expressions as plain functions", () => {
  test("they say what CEL says, or leave it to CEL", () => {
    let exact = 0;
    fc.assert(
      fc.property(fc.oneof(bool, int, double), facts, (source, values) => {
        const parsed = table.environment.parse(source);
        expect(parsed.check().valid).toBe(true);
        const plain = compilePlain(parsed.ast, table.slots);
        const gathered = gatherFacts(evidenceOf(values), table);
        const told = plain && attempt(() => plain.run(gathered.values));
        if (told === undefined) return;
        exact += 1;
        const expected = attempt(() => parsed(gathered.context()));
        expect(told.value).toBe(
          typeof expected?.value === "bigint" ? Number(expected.value) : expected?.value,
        );
      }),
      { numRuns: 3_000 },
    );
    expect(exact).toBeGreaterThan(1_500);
  });

  test.each([
    ["a fact that is not there", "has(form.ageSeconds) && form.ageSeconds < 3.0", false],
    ["or is, where it matters", "!has(form.ageSeconds) || form.ageSeconds < 3.0", true],
  ])("%s", (_, source, outcome) => {
    const { ast } = table.environment.parse(source);
    expect(compilePlain(ast, table.slots)?.run(gatherFacts([], table).values)).toBe(outcome);
  });

  test.each([
    "links.hosts.exists(host, host == 'a')",
    "links.count > 1.5",
    "author.status.contains('t')",
    "links.count / 2 == 1",
    "links.website ? true : false",
  ])("%s is left to CEL", (source) => {
    expect(compilePlain(table.environment.parse(source).ast, table.slots)).toBeUndefined();
  });
});

function attempt<Value>(run: () => Value): { value: Value } | undefined {
  try {
    return { value: run() };
  } catch {
    return undefined;
  }
}
