import { isHumanOnly } from "../reasons.ts";
import type { FactDeclaration } from "../signal.ts";
import { NO_RULE, type PolicyDocument, SCORE_RULE_PREFIX } from "./document.ts";
import { toCelValue } from "./fact-table.ts";

type Problem = { path: PropertyKey[]; message: string };

/** What can be told to be wrong with the tests of a document without running them. */
export function checkTests(
  { tests, rules, thresholds }: PolicyDocument,
  facts: Readonly<Record<string, FactDeclaration>>,
): Problem[] {
  const known = new Set([
    NO_RULE,
    ...rules.map(({ id }) => id),
    ...Object.keys(thresholds).map((action) => SCORE_RULE_PREFIX + action),
  ]);
  return tests.flatMap(({ given, expect }, index) => {
    const problems: Problem[] = [];
    for (const [name, value] of Object.entries(given)) {
      if (name === "text") continue;
      const path = ["tests", index, "given", name];
      const fact = facts[name];
      if (!fact) problems.push({ path, message: `There is no fact ${name}` });
      else if (toCelValue(fact.type, value) === undefined)
        problems.push({ path, message: `${name} is of type ${fact.type}` });
    }
    if (expect.rule !== undefined && !known.has(expect.rule)) {
      const path = ["tests", index, "expect", "rule"];
      problems.push({ path, message: `There is no rule ${expect.rule}` });
    }
    if (expect.action !== "hold" && isHumanOnly(expect.reason)) {
      const path = ["tests", index, "expect", "action"];
      problems.push({ path, message: `${expect.reason} is never decided by a machine alone` });
    }
    return problems;
  });
}
