import { zValidator } from "@hono/zod-validator";
import type { z } from "zod";
import { AppError, type FieldProblem } from "../errors.ts";

/** `zValidator` whose refusal is an AppError listing every wrong field. */
export function validate<
  Target extends "json" | "query" | "param" | "header" | "form",
  Schema extends z.ZodType,
>(target: Target, schema: Schema) {
  return zValidator(target, schema, (result) => {
    if (!result.success) throw invalidInput(result.error.issues);
  });
}

export function invalidInput(issues: readonly z.core.$ZodIssue[]): AppError {
  return new AppError("invalid_input", "Some of this is not as it must be.", {
    fields: fieldProblems(issues),
  });
}

/** One line per wrong field: the first thing wrong with it. */
function fieldProblems(issues: readonly z.core.$ZodIssue[]): FieldProblem[] {
  const byPath = new Map<string, FieldProblem>();
  for (const issue of issues) {
    const path = issue.path.map(String).join(".");
    if (!byPath.has(path)) byPath.set(path, { path, message: readable(issue) });
  }
  return [...byPath.values()];
}

function readable(issue: z.core.$ZodIssue): string {
  const missing =
    issue.code === "invalid_type" && (issue.input === undefined || /received undefined/.test(issue.message));
  return missing ? "required" : issue.message;
}
