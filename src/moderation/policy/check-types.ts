import {
  type ASTNode,
  type Environment,
  type ParseError,
  TypeError as CelTypeError,
} from "@marcbachmann/cel-js";
import type { Fault } from "./condition.ts";

/** What the library hands to a macro's `typeCheck`: it throws at the first fault below a node. */
type TypeChecker = { check(node: ASTNode, context: unknown): { name: string } };

const PREFIX = "rule(";

/**
 * All type faults of an expression that parses but is not a valid bool. The library's own check stops at the first,
 * so a macro around the expression asks it about each operand of `&&`, `||` and `!` by itself.
 */
export function findTypeFaults(source: string, environment: Environment): Fault[] {
  const faults: Fault[] = [];
  const wrapped = environment
    .clone()
    .registerFunction("rule(ast): bool", ({ args: [root] }: { args: [ASTNode] }) => ({
      typeCheck: (checker: TypeChecker, _macro: unknown, context: unknown) => {
        for (const operand of operandsOf(root)) faults.push(...checkOperand(operand, checker, context));
        return checker.check(root, context);
      },
      evaluate: () => false,
    }));
  const result = wrapped.check(`${PREFIX}${source}\n)`);
  if (faults.length === 0) faults.push(toFault(result.error, { start: PREFIX.length, end: PREFIX.length }));
  return faults;
}

function operandsOf(node: ASTNode): ASTNode[] {
  if (node.op === "&&" || node.op === "||") return node.args.flatMap(operandsOf);
  return node.op === "!_" ? operandsOf(node.args) : [node];
}

function checkOperand(operand: ASTNode, checker: TypeChecker, context: unknown): Fault[] {
  try {
    const { name } = checker.check(operand, context);
    if (name === "bool") return [];
    return [atRange(`It must be true or false, but is of type ${name}`, operand)];
  } catch (error) {
    return [toFault(error, operand)];
  }
}

function toFault(error: unknown, operand: { start: number; end: number }): Fault {
  if (!(error instanceof CelTypeError)) throw error;
  return atRange(explainTypeError(error), error.range ?? operand);
}

function atRange(message: string, range: { start: number; end: number }): Fault {
  return { message, start: range.start - PREFIX.length, end: range.end - PREFIX.length };
}

function explainTypeError({ summary }: ParseError | CelTypeError): string {
  const binary = /^no such overload: (\S+) (\S+) (\S+)$/.exec(summary);
  if (!binary) return summary;
  const [, left, operator, right] = binary;
  const mixesNumbers = (left === "int" && right === "double") || (left === "double" && right === "int");
  const advice = mixesNumbers ? "; write 3.0 for 3, or double(…) around the int" : "";
  return `${operator} cannot be used between ${left} and ${right}${advice}`;
}
