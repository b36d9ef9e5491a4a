import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AppError, type FieldProblem } from "../../src/errors.ts";
import { compilePolicy } from "../../src/moderation/policy.ts";
import { POLICY_LIMITS } from "../../src/moderation/policy/document.ts";
import { documentOf, TEST_FACTS } from "./policy-facts.ts";

function problemsOf(source: string): FieldProblem[] {
  try {
    compilePolicy(source, TEST_FACTS);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    expect(error).toMatchObject({ code: "invalid_input", reason: "invalid_policy" });
    return error.fields;
  }
  return [];
}

const messagesOf = (when: string) => problemsOf(documentOf([{ when }])).map(({ message }) => message);

describe("a good document", () => {
  test("is compiled with its defaults", () => {
    const policy = compilePolicy(documentOf([{ when: "links.count >= 2" }], "hold"), TEST_FACTS, 7);
    expect(policy).toMatchObject({ name: "test", description: null, version: 7, otherwise: "hold" });
    expect(policy.rules).toMatchObject([{ id: "r0", mode: "live", priority: 0, onUnavailable: "hold" }]);
    expect(policy.rules[0]?.condition.facts).toEqual(["links.count"]);
  });

  test("may have no rules at all", () => {
    expect(problemsOf("{version: 1, name: none, rules: [], otherwise: hold}")).toEqual([]);
  });
});

describe("a document that is no policy", () => {
  test.each([
    ["empty", "", "", /expected object.*line 1/],
    ["a list", "- a", "", /expected object/],
    ["not YAML", "version: [1", "", /line 1, column/],
    ["two documents", "a: 1\n---\nb: 2", "", /multiple documents.*line 2/],
    ["a repeated key", "version: 1\nversion: 1", "", /unique.*line 2/],
    ["a tag", "version: !!js/function 'x'", "", /Unresolved tag.*line 1/],
    ["a key that is no text", "? [a]\n: 1", "", /keys must be strings.*line 1/],
    ["an alias", "version: &v 1\nname: *v\n", "", /aliases/],
    [
      "of another format",
      '{version: 2, name: "x", rules: [], otherwise: hold}',
      "version",
      /line 1, column 11/,
    ],
    [
      "with an unknown key",
      "version: 1\nname: x\nrules: []\notherwise: hold\nextra: 1",
      "extra",
      /no such key, line 5/,
    ],
    ["without an answer for the rest", "version: 1\nname: x\nrules: []", "otherwise", /expected one of/],
  ])("%s", (_title, source, path, message) => {
    expect(problemsOf(source)).toContainEqual({ path, message: expect.stringMatching(message) });
  });

  test.each([
    ["keys within keys", "? ".repeat(500)],
    ["keys within keys without end", "? ".repeat(32_000)],
    ["lists within lists", "[".repeat(64_000)],
    ["maps within maps", "{a: ".repeat(16_000)],
    ["aliases of aliases", `a: &a [x,x]\n${"b: &b [*a,*a]\n".repeat(1_000)}`],
  ])("a hostile one: %s", { timeout: 10_000 }, (_title, source) => {
    expect(problemsOf(source)).not.toEqual([]);
  });

  test("a long one is refused unread", () => {
    const comment = `#${"é".repeat(POLICY_LIMITS.documentBytesMax / 2)}`;
    expect(problemsOf(comment)).toEqual([{ path: "", message: "Longer than 65536 bytes." }]);
  });
});

describe("limits of rules", () => {
  test.each([
    ["id", "Upper", /lower-case words/],
    ["id", "otherwise", /no rule decides/],
    ["id", "a".repeat(61), /61|60/],
    ["description", " ", />=1/],
    ["when", "", />=1/],
    ["when", `"${"x".repeat(1_000)}" == author.status`, /<=1000/],
    ["then", "delete", /expected one of "publish"/],
    ["reason", "because", /expected one of/],
    ["mode", "on", /expected one of "live"/],
    ["onUnavailable", "publish", /expected one of "hold"/],
  ])("%s: %s", (key, value, message) => {
    const problems = problemsOf(documentOf([{ when: "true", [key === "then" ? "action" : key]: value }]));
    expect(problems).toEqual([{ path: `rules.0.${key}`, message: expect.stringMatching(message) }]);
  });

  test("there may be 200 of them, each with its own id", () => {
    const rules = Array.from({ length: POLICY_LIMITS.rulesMax }, () => ({ when: "links.count > 3" }));
    expect(problemsOf(documentOf(rules))).toEqual([]);
    expect(problemsOf(documentOf([...rules, { when: "true" }]))).toMatchObject([{ path: "rules" }]);
    expect(problemsOf(documentOf([...rules.slice(0, 2), { id: "r0", when: "true" }]))).toMatchObject([
      { path: "rules.2.id", message: expect.stringContaining("earlier rule") },
    ]);
  });
});

describe("expressions that are refused", () => {
  test.each([
    [
      "an unknown fact",
      "links.cout > 1",
      "There is no fact links.cout (is links.count meant?): at `links.cout`",
    ],
    ["an unknown signal", "weather.rain > 1", "There is no fact weather.rain: at `weather.rain`"],
    ["half a fact", "links == links", "A fact has two parts, such as links.count: at `links`"],
    ["a fact by index", 'links["count"] > 1', "A fact has two parts, such as links.count: at `links`"],
    [
      "a type name",
      "type(links.count) == int",
      "The function type() is not available in rules: at `type(links.count)`",
    ],
    ["wrong types", 'links.count > "2"', '> cannot be used between int and string: at `links.count > "2"`'],
    [
      "int with double",
      "links.count * 0.5 > 1.0",
      "* cannot be used between int and double; write 3.0 for 3",
    ],
    ["double with int", "style.shouting == 1", "== cannot be used between double and int; write 3.0 for 3"],
    [
      "a number for an answer",
      "links.count",
      "It must be true or false, but is of type int: at `links.count`",
    ],
    [
      "a number as operand",
      "links.website || !links.count",
      "It must be true or false, but is of type int: at `links.count`",
    ],
    ["a syntax error", "links.count >", "Unexpected token: EOF: at the end"],
    ["one = too few", "links.count = 1", "Unexpected character: =: at `=`"],
    ["text after the end", "true) || (true", "Unexpected character: ')': at `)`"],
    [
      "a regular expression",
      'author.status.matches("(a+)+$")',
      "The function matches() is not available in rules, because",
    ],
    ["dyn", "dyn(links.count) == 1", "The function dyn() is not available in rules: at `dyn(links.count)`"],
    ["binding", "cel.bind(x, 1, x > 0)", "The function bind() is not available in rules"],
    ["a map", '{"a": 1}["a"] == links.count', 'Maps have no use in a rule: at `{"a": 1}`'],
    [
      "walks within walks",
      "links.hosts.exists(a, links.hosts.exists(b, a == b))",
      "One walk over a list cannot contain another: at `links.hosts.exists(b, a == b)`",
    ],
    ["a shadowed signal", 'links.hosts.exists(links, links == "x")', "links is the name of a signal"],
    ["has() of anything else", "has(links.hosts[0].x)", "has() takes the name of one fact"],
    ["too many parts", Array.from({ length: 120 }, () => "true").join("||"), "It is too complex"],
    ["too deep", `${"(".repeat(30)}true${")".repeat(30)}`, "It is too complex"],
    ["too many nots", `${"!".repeat(900)}true`, "It is too complex"],
  ])("%s", (_title, when, message) => {
    expect(messagesOf(when)).toContainEqual(expect.stringContaining(message));
  });
});

describe("places", () => {
  const source = [
    "version: 1",
    "name: places",
    "rules:",
    "  - id: plain",
    "    description: d",
    "    when: links.count > 1 && links.cout > 1 && links.nope",
    "    then: hold",
    "    reason: other",
    "  - id: folded",
    "    description: d",
    "    when: >-",
    "      links.count > 1 ||",
    '      author.status == 1 && "x y" == style.shouting',
    "    then: holds",
    "    reason: other",
    "  - id: literal",
    "    description: d",
    "    when: | # a comment",
    "      links.website &&",
    '        (author.status > 2 || "a" in links.count)',
    "    then: hold",
    "    reason: other",
    "  - id: escaped",
    "    description: d",
    '    when: "author.status == \\"x\\" && links.count"',
    "    then: hold",
    "    reason: other",
    "otherwise: publish",
  ].join("\n");

  test("every problem is told at once, with its line and column in the document and in the expression", () => {
    const places = problemsOf(source).map(({ path, message }) => [path, message.replace(/^.*?: at /, "")]);
    expect(places).toEqual([
      ["rules.1.then", expect.stringMatching(/line 14, column 11$/)],
      ["rules.0.when", "`links.cout`, line 6, column 30 (line 1, column 20 of the expression)"],
      ["rules.0.when", "`links.nope`, line 6, column 48 (line 1, column 38 of the expression)"],
      ["rules.1.when", "`author.status == 1`, line 13, column 7 (line 1, column 20 of the expression)"],
      ["rules.1.when", '`"x y" == style.shouting`, line 13, column 29 (line 1, column 42 of the expression)'],
      ["rules.2.when", "`author.status > 2`, line 20, column 10 (line 2, column 4 of the expression)"],
      ["rules.2.when", '`"a" in links.count`, line 20, column 31 (line 2, column 25 of the expression)'],
      // Escapes shift the text against its source: the start of the expression must do for the document.
      ["rules.3.when", "`links.count`, line 25, column 11 (line 1, column 25 of the expression)"],
    ]);
  });

  test("at most 100 problems are told", () => {
    const rules = Array.from({ length: 150 }, () => ({ when: "links.cout > 1" }));
    expect(problemsOf(documentOf(rules))).toHaveLength(POLICY_LIMITS.problemsMax);
  });
});

test("whatever the text, it compiles or is refused as invalid input", () => {
  const word = fc.constantFrom(
    "links",
    ".",
    "count",
    "hosts",
    "(",
    ")",
    "&&",
    "||",
    "!",
    "has",
    "exists",
    "h",
    ",",
    "1",
    "0.5",
    '"a"',
    "==",
    "in",
    "?",
    ":",
    "[",
    "]",
    "size",
    "-",
    "\n",
    "//",
    "rule",
  );
  const expression = fc.oneof(
    fc.array(word, { maxLength: 30 }).map((words) => words.join(" ")),
    fc.string({ unit: "binary", maxLength: 60 }),
  );
  fc.assert(
    fc.property(expression, (when) => {
      problemsOf(documentOf([{ when }]));
    }),
    { numRuns: 1_000 },
  );
  const document = fc.oneof(fc.string({ unit: "binary", maxLength: 200 }), fc.json(), fc.json().map(asRule));
  fc.assert(
    fc.property(document, (source) => {
      expect(problemsOf(source)).not.toEqual([]);
    }),
  );
});

function asRule(json: string): string {
  return `{"version": 1, "name": "x", "otherwise": "hold", "rules": [${json}]}`;
}
