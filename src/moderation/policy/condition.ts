import { EvaluationError, ParseError, type ParseResult } from "@marcbachmann/cel-js";
import { findTypeFaults } from "./check-types.ts";
import { checkVocabulary } from "./check-vocabulary.ts";
import type { FactContext, FactTable } from "./fact-table.ts";
import { findFactUses } from "./fact-uses.ts";

/** Something wrong in an expression; offsets are UTF-16 units into it, `end` exclusive. */
export type Fault = { message: string; start: number; end: number };

export type FactRef = { name: string; index: number };

export type Condition = {
  /** Facts without which the condition cannot be told, and all the facts it mentions. */
  needed: readonly FactRef[];
  mentioned: readonly FactRef[];
  /** The names of `mentioned`. */
  facts: readonly string[];
  /** Throws where CEL does (division by zero, a missing list item). */
  holds(context: FactContext): boolean;
};

/** Parses and type-checks a rule's expression; gives everything that is wrong with it rather than the first. */
export function compileCondition(
  source: string,
  table: FactTable,
): { condition: Condition } | { faults: Fault[] } {
  try {
    const parsed = table.environment.parse(source);
    const faults = checkVocabulary(parsed.ast, table);
    if (faults.length > 0) return { faults };
    const { valid, type } = parsed.check();
    if (!valid || type !== "bool") return { faults: findTypeFaults(source, table.environment) };
    return { condition: toCondition(parsed, table) };
  } catch (error) {
    if (error instanceof ParseError) return { faults: [toFault(error)] };
    throw error;
  }
}

function toCondition(parsed: ParseResult, { slots }: FactTable): Condition {
  const { needed, mentioned } = findFactUses(parsed.ast);
  const toRefs = (names: string[]) =>
    names.flatMap((name) => {
      const slot = slots.get(name);
      return slot ? [{ name, index: slot.index }] : [];
    });
  return {
    needed: toRefs(needed),
    mentioned: toRefs(mentioned),
    facts: mentioned,
    holds: (context) => parsed(context) === true,
  };
}

function toFault(error: ParseError): Fault {
  const start = error.range?.start ?? 0;
  const message = /^Exceeded (\w+) \((\d+)\)/.exec(error.summary)
    ? `It is too complex (${error.summary.replace(/^Exceeded /, "")}); split it into several rules`
    : error.summary;
  return { message, start, end: error.range?.end ?? start };
}

/** A short code for why an evaluation failed (`division_by_zero`); never the values it failed on. */
export function evaluationFailure(error: unknown): string {
  return error instanceof EvaluationError ? error.code : "evaluation_failed";
}
