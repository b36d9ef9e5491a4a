import type { z } from "zod";
import { AppError, type FieldProblem } from "../errors.ts";
import { compileCondition, type Condition, type Fault } from "./policy/condition.ts";
import { expressionSchema, POLICY_LIMITS, policyDocumentSchema, type PolicyRule } from "./policy/document.ts";
import { createFactTable, type FactTable } from "./policy/fact-table.ts";
import { describePlace, type Path, readYaml, type YamlFile } from "./policy/read-yaml.ts";
import type { FactDeclaration } from "./signal.ts";

/** A policy ready for `decide`; holds functions, so it lives in memory only. */
export type CompiledPolicy = {
  name: string;
  description: string | null;
  /** The site's revision of it, null for one that is being tried out. */
  version: number | null;
  rules: readonly CompiledRule[];
  otherwise: "publish" | "hold";
  facts: FactTable;
};
export type CompiledRule = PolicyRule & { condition: Condition };

/**
 * Compiles a policy document (YAML 1.2, rules in CEL) against the facts there are; 1 to 10 ms.
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
  const parsed = policyDocumentSchema.safeParse(read.file.value);
  const table = createFactTable(facts);
  const { conditions, problems } = compileConditions(read.file, table);
  if (!parsed.success) throw invalidPolicy([...schemaProblems(parsed.error, read.file), ...problems]);
  if (problems.length > 0) throw invalidPolicy(problems);
  const { name, description, otherwise } = parsed.data;
  const rules = parsed.data.rules.map((rule, index) => {
    const condition = conditions.get(index);
    if (!condition) throw new Error(`rule ${rule.id} was not compiled`);
    return Object.assign(rule, { condition });
  });
  return { name, description: description ?? null, version, rules, otherwise, facts: table };
}

/** Looks at the expressions even when the schema already failed, so that an editor sees all problems at once. */
function compileConditions({ value, placeOf }: YamlFile, table: FactTable) {
  const conditions = new Map<number, Condition>();
  const problems: FieldProblem[] = [];
  for (const [index, when] of expressionsOf(value).entries()) {
    if (when === undefined) continue;
    const compiled = compileCondition(when, table);
    if ("condition" in compiled) conditions.set(index, compiled.condition);
    else {
      const path = ["rules", index, "when"];
      const toProblem = (fault: Fault) => ({
        path: path.join("."),
        message: describeFault(fault, when, describePlace(placeOf(path, fault.start))),
      });
      problems.push(...compiled.faults.map(toProblem));
    }
  }
  return { conditions, problems };
}

/** The `when` of each rule, where the schema has no objection to it. */
function expressionsOf(value: unknown): (string | undefined)[] {
  const rules: unknown = typeof value === "object" && value !== null && "rules" in value ? value.rules : [];
  if (!Array.isArray(rules)) return [];
  return rules.slice(0, POLICY_LIMITS.rulesMax).map((rule: unknown) => {
    const when = typeof rule === "object" && rule !== null && "when" in rule ? rule.when : undefined;
    return expressionSchema.safeParse(when).data;
  });
}

const TOKEN_CHARS_MAX = 60;

function describeFault({ message, start, end }: Fault, when: string, place: string): string {
  const before = when.slice(0, start).split("\n");
  const within = describePlace({ line: before.length, column: (before.at(-1)?.length ?? 0) + 1 });
  const text = when.slice(start, end);
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

function invalidPolicy(problems: FieldProblem[]): AppError {
  const count = problems.length === 1 ? "a problem" : `${problems.length} problems`;
  return new AppError("invalid_input", `The policy has ${count}.`, {
    reason: "invalid_policy",
    fields: problems.slice(0, POLICY_LIMITS.problemsMax),
  });
}
