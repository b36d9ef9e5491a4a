import type { z } from "zod";
import { AppError, type FieldProblem } from "../errors.ts";
import { checkTests } from "./policy/check-tests.ts";
import {
  compileCondition,
  compilePoints,
  type Condition,
  type Fault,
  type PointsExpression,
} from "./policy/condition.ts";
import {
  expressionSchema,
  POLICY_LIMITS,
  type PolicyDocument,
  policyDocumentSchema,
  type PolicyRule,
  type PolicyTest,
  type Sampling,
  type Threshold,
} from "./policy/document.ts";
import { createFactTable, type FactTable } from "./policy/fact-table.ts";
import { describePlace, type Path, readYaml, type YamlFile } from "./policy/read-yaml.ts";
import { orderThresholds } from "./policy/tally-score.ts";
import type { FactDeclaration } from "./signal.ts";

/** A policy ready for `decide`; holds functions, so it lives in memory only. */
export type CompiledPolicy = {
  name: string;
  description: string | null;
  /** The site's revision of it, null for one that is being tried out. */
  version: number | null;
  rules: readonly CompiledRule[];
  /** Whether any rule that is not off adds to the score. */
  hasScores: boolean;
  groups: PolicyDocument["groups"];
  /** Highest bar first. */
  thresholds: readonly Threshold[];
  sampling: Sampling | null;
  tests: readonly LocatedTest[];
  otherwise: "publish" | "hold";
  facts: FactTable;
};
export type CompiledRule = Omit<PolicyRule, "score"> & {
  condition: Condition;
  /** What it adds to the score; null for a rule that only decides. */
  points: number | PointsExpression | null;
  /** The facts of both. */
  facts: readonly string[];
};
/** A test of the document, and where it stands. */
export type LocatedTest = PolicyTest & { path: string; place: string };

/**
 * Compiles a policy document (YAML 1.2, rules in CEL) against the facts there are; 1 to 10 ms. Its tests are only read
 * (`run-policy-tests.ts` runs them).
 * Throws `invalid_input` (reason `invalid_policy`) with every problem it has: `path` is the place in the document
 * (`rules.2.when`), the message tells line and column, in an expression also those within it, and the offending text.
 */
export function compilePolicy(
  source: string,
  facts: Readonly<Record<string, FactDeclaration>>,
  version: number | null = null,
): CompiledPolicy {
  const read = readYaml(source);
  if ("problems" in read) throw invalidPolicy(read.problems);
  const { file } = read;
  const parsed = policyDocumentSchema.safeParse(file.value);
  const table = createFactTable(facts);
  const { conditions, points, problems } = compileExpressions(file, table);
  if (!parsed.success) throw invalidPolicy([...schemaProblems(parsed.error, file), ...problems]);
  problems.push(
    ...locate(checkReferences(parsed.data), file),
    ...locate(checkTests(parsed.data, facts), file),
  );
  if (problems.length > 0) throw invalidPolicy(problems);
  const { name, description, otherwise, groups, thresholds, sampling, tests } = parsed.data;
  const always = compileCondition("true", table);
  const rules = parsed.data.rules.map((rule, index): CompiledRule => {
    const condition = conditions.get(index) ?? ("condition" in always ? always.condition : undefined);
    if (!condition) throw new Error(`rule ${rule.id} was not compiled`);
    return toCompiledRule(rule, condition, points.get(index));
  });
  return {
    name,
    description: description ?? null,
    version,
    rules,
    hasScores: rules.some((rule) => rule.points !== null && rule.mode !== "off"),
    groups,
    thresholds: orderThresholds(thresholds),
    sampling: sampling ?? null,
    tests: tests.map((test, index) => {
      const path = ["tests", index];
      return Object.assign(test, { path: path.join("."), place: describePlace(file.placeOf(path)) });
    }),
    otherwise,
    facts: table,
  };
}

function toCompiledRule(
  { score, ...rule }: PolicyRule,
  condition: Condition,
  expression: PointsExpression | undefined,
): CompiledRule {
  const points = typeof score === "number" ? score : (expression ?? null);
  const facts = [...new Set([...condition.facts, ...(expression?.facts ?? [])])];
  return { ...rule, condition, points, facts };
}

type Located = { path: Path; message: string };

function locate(problems: readonly Located[], { placeOf }: YamlFile): FieldProblem[] {
  return problems.map(({ path, message }) => ({
    path: path.join("."),
    message: `${message}, ${describePlace(placeOf(path))}`,
  }));
}

/** What names something else in the document. */
function checkReferences({ rules, groups, thresholds }: PolicyDocument): Located[] {
  const problems: Located[] = [];
  for (const [index, { group }] of rules.entries()) {
    if (group !== null && !Object.hasOwn(groups, group))
      problems.push({ path: ["rules", index, "group"], message: `There is no group ${group} under groups` });
  }
  const bars = new Map<number, string>();
  for (const { action, at } of orderThresholds(thresholds)) {
    const other = bars.get(at);
    if (other !== undefined)
      problems.push({ path: ["thresholds", action, "at"], message: `${other} is at ${at} already` });
    bars.set(at, action);
  }
  const scores = rules.some(({ score }) => score !== null);
  if (bars.size > 0 && !scores)
    problems.push({ path: ["thresholds"], message: "No rule has a score, so no threshold is ever reached" });
  return problems;
}

/** Looks at the expressions even when the schema already failed, so that an editor sees all problems at once. */
function compileExpressions(file: YamlFile, table: FactTable) {
  const conditions = new Map<number, Condition>();
  const points = new Map<number, PointsExpression>();
  const problems: FieldProblem[] = [];
  const note = (index: number, key: string, source: string, faults: Fault[]) => {
    const path = ["rules", index, key];
    for (const fault of faults) {
      const place = describePlace(file.placeOf(path, fault.start));
      problems.push({ path: path.join("."), message: describeFault(fault, source, place) });
    }
  };
  for (const [index, { when, score }] of expressionsOf(file.value).entries()) {
    if (when !== undefined) {
      const compiled = compileCondition(when, table);
      if ("condition" in compiled) conditions.set(index, compiled.condition);
      else note(index, "when", when, compiled.faults);
    }
    if (score !== undefined) {
      const compiled = compilePoints(score, table);
      if ("points" in compiled) points.set(index, compiled.points);
      else note(index, "score", score, compiled.faults);
    }
  }
  return { conditions, points, problems };
}

/** The expressions of each rule, where the schema has no objection to them. */
function expressionsOf(value: unknown): { when: string | undefined; score: string | undefined }[] {
  const rules: unknown = typeof value === "object" && value !== null && "rules" in value ? value.rules : [];
  if (!Array.isArray(rules)) return [];
  return rules.slice(0, POLICY_LIMITS.rulesMax).map((rule: unknown) => {
    const members: { when?: unknown; score?: unknown } =
      typeof rule === "object" && rule !== null ? rule : {};
    return {
      when: expressionSchema.safeParse(members.when).data,
      score: expressionSchema.safeParse(members.score).data,
    };
  });
}

const TOKEN_CHARS_MAX = 60;

function describeFault({ message, start, end }: Fault, source: string, place: string): string {
  const before = source.slice(0, start).split("\n");
  const within = describePlace({ line: before.length, column: (before.at(-1)?.length ?? 0) + 1 });
  const text = source.slice(start, end);
  const token = text.length > TOKEN_CHARS_MAX ? `${text.slice(0, TOKEN_CHARS_MAX)}…` : text;
  const at = token === "" ? "at the end" : `at \`${token}\``;
  return `${message}: ${at}, ${place} (${within} of the expression)`;
}

function schemaProblems(error: z.ZodError, { placeOf }: YamlFile): FieldProblem[] {
  return error.issues.flatMap((issue) => {
    const paths: Path[] =
      issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
    const message = issue.code === "unrecognized_keys" ? "There is no such key" : issue.message;
    return paths.map((path) => ({
      path: path.join("."),
      message: `${message}, ${describePlace(placeOf(path))}`,
    }));
  });
}

/** A policy that cannot be saved as it is. */
export function invalidPolicy(problems: FieldProblem[]): AppError {
  const count = problems.length === 1 ? "a problem" : `${problems.length} problems`;
  return new AppError("invalid_input", `The policy has ${count}.`, {
    reason: "invalid_policy",
    fields: problems.slice(0, POLICY_LIMITS.problemsMax),
  });
}
