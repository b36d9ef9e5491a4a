import { EvaluationError, ParseError, type ParseResult } from "@marcbachmann/cel-js";
import { findTypeFaults } from "./check-types.ts";
import { checkVocabulary } from "./check-vocabulary.ts";
import type { FactTable } from "./fact-table.ts";
import { findFactUses } from "./fact-uses.ts";
import type { Facts } from "./gather-facts.ts";
import { compilePlain } from "./plain-expression.ts";

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
  holds: (facts: Facts) => boolean;
};

/** An expression that gives points. */
export type PointsExpression = Omit<Condition, "holds"> & {
  /** Throws where CEL does; not finite where a division was by 0.0. */
  value: (facts: Facts) => number;
};

/** Parses and type-checks a rule's condition; gives everything that is wrong with it rather than the first. */
export function compileCondition(
  source: string,
  table: FactTable,
): { condition: Condition } | { faults: Fault[] } {
  const compiled = parseExpression(source, table);
  if ("faults" in compiled) return compiled;
  const { parsed, type } = compiled;
  if (type !== "bool") return { faults: findTypeFaults(source, table.environment) };
  const evaluate = evaluator(parsed, table);
  return { condition: { ...usesOf(parsed, table), holds: (facts) => evaluate(facts) === true } };
}

/** The same for an expression of type double or int. */
export function compilePoints(
  source: string,
  table: FactTable,
): { points: PointsExpression } | { faults: Fault[] } {
  const compiled = parseExpression(source, table);
  if ("faults" in compiled) return compiled;
  const { parsed, type } = compiled;
  if (type !== "double" && type !== "int") {
    const message = `It must be a number, but is of type ${type ?? "unknown"}`;
    return { faults: [{ message, start: 0, end: source.length }] };
  }
  const evaluate = evaluator(parsed, table);
  return { points: { ...usesOf(parsed, table), value: (facts) => Number(evaluate(facts)) } };
}

function parseExpression(
  source: string,
  table: FactTable,
): { parsed: ParseResult; type: string | undefined } | { faults: Fault[] } {
  try {
    const parsed = table.environment.parse(source);
    const faults = checkVocabulary(parsed.ast, table);
    if (faults.length > 0) return { faults };
    const { valid, type } = parsed.check();
    return valid ? { parsed, type } : { faults: findTypeFaults(source, table.environment) };
  } catch (error) {
    if (error instanceof ParseError) return { faults: [toFault(error)] };
    throw error;
  }
}

/** Plain functions where they suffice, else CEL. */
function evaluator(parsed: ParseResult, { slots }: FactTable): (facts: Facts) => unknown {
  const plain = compilePlain(parsed.ast, slots)?.run;
  if (!plain) return (facts) => parsed(facts.context());
  return (facts) => {
    try {
      return plain(facts.values);
    } catch {
      return parsed(facts.context());
    }
  };
}

function usesOf(parsed: ParseResult, { slots }: FactTable): Omit<Condition, "holds"> {
  const { needed, mentioned } = findFactUses(parsed.ast);
  const toRefs = (names: string[]) =>
    names.flatMap((name) => {
      const slot = slots.get(name);
      return slot ? [{ name, index: slot.index }] : [];
    });
  return { needed: toRefs(needed), mentioned: toRefs(mentioned), facts: mentioned };
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
