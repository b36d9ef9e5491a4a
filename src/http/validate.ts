import { zValidator } from "@hono/zod-validator";
import type { MiddlewareHandler } from "hono";
import { LRUCache } from "lru-cache";
import type { z } from "zod";
import { AppError, type FieldProblem } from "../errors.ts";
import type { HttpEnv } from "./env.ts";

/** `zValidator` whose refusal is an AppError listing every wrong field. */
export function validate<
  Target extends "json" | "query" | "param" | "header" | "form",
  Schema extends z.ZodType,
>(target: Target, schema: Schema) {
  return zValidator(target, schema, (result) => {
    if (!result.success) throw invalidInput(result.error.issues);
  });
}

/** Query strings that are remembered, and characters of all of them together. */
const QUERIES_MAX = 2_000;
const QUERIES_CHARS_MAX = 1_000_000;

/** As {@link validate} for a query, for a route that many ask by the same few addresses: a query is read once, and then known. */
export function validateKnownQuery<Schema extends z.ZodType<object>>(
  schema: Schema,
): MiddlewareHandler<HttpEnv, string, { in: { query: z.input<Schema> }; out: { query: z.output<Schema> } }> {
  const known = new LRUCache<string, z.output<Schema>>({
    max: QUERIES_MAX,
    maxSize: QUERIES_CHARS_MAX,
    sizeCalculation: (_query, search) => search.length + 1,
  });
  const check: MiddlewareHandler = validate("query", schema);
  return (c, next) => {
    const at = c.req.url.indexOf("?");
    const search = at === -1 ? "" : c.req.url.slice(at);
    const query = known.get(search);
    if (!query) {
      return check(c, () => {
        known.set(search, c.req.valid("query"));
        return next();
      });
    }
    c.req.addValidatedData("query", query);
    return next();
  };
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
