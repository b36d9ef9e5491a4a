import type { ASTNode } from "@marcbachmann/cel-js";
import type { Fault } from "./condition.ts";
import type { FactTable } from "./fact-table.ts";
import { childrenOf, factOf } from "./fact-uses.ts";

/** Functions whose time is linear in their input and whose answer depends on nothing else. */
const FUNCTIONS = new Set([
  "size",
  "contains",
  "startsWith",
  "endsWith",
  "lowerAscii",
  "double",
  "int",
  "string",
]);
/** Walks over a list; never one inside another, which would multiply their lengths. */
const LIST_MACROS = new Set(["all", "exists", "exists_one", "filter"]);

type Scope = { table: FactTable; variable: string | undefined; faults: Fault[] };

/** Finds unknown facts and everything of CEL that rules may not use. */
export function checkVocabulary(root: ASTNode, table: FactTable): Fault[] {
  const faults: Fault[] = [];
  visit(root, { table, variable: undefined, faults });
  return faults;
}

function visit(node: ASTNode, scope: Scope): void {
  const fact = factOf(node);
  if (node.op === "id") return checkIdentifier(node.args, node, scope);
  if (node.op === "map") return refuse(node, scope, "Maps have no use in a rule");
  if (fact !== undefined && signalOf(fact) !== scope.variable) return checkFact(fact, node, scope);
  if (node.op === "call" && node.args[0] === "has") return checkGuard(node.args[1], node, scope);
  if (node.op === "call" && !FUNCTIONS.has(node.args[0]))
    refuse(node, scope, unavailableFunction(node.args[0]));
  if (node.op !== "rcall") return visitChildren(node, scope);
  const [method, list, [variable, ...rest]] = node.args;
  if (LIST_MACROS.has(method) && variable?.op === "id") {
    visit(list, scope);
    return checkWalk(node, variable.args, rest, scope);
  }
  if (!FUNCTIONS.has(method) && !LIST_MACROS.has(method)) refuse(node, scope, unavailableFunction(method));
  visitChildren(node, scope);
}

function visitChildren(node: ASTNode, scope: Scope): void {
  for (const child of childrenOf(node)) visit(child, scope);
}

function checkIdentifier(name: string, node: ASTNode, scope: Scope): void {
  if (name === scope.variable) return;
  const example = scope.table.names.find((fact) => signalOf(fact) === name);
  refuse(
    node,
    scope,
    example ? `A fact has two parts, such as ${example}` : `There is no fact ${name}${suggest(name, scope)}`,
  );
}

function checkFact(fact: string, node: ASTNode, scope: Scope): void {
  if (!scope.table.slots.has(fact)) refuse(node, scope, `There is no fact ${fact}${suggest(fact, scope)}`);
}

function checkGuard(operands: ASTNode[], node: ASTNode, scope: Scope): void {
  const [operand] = operands;
  const fact = operands.length === 1 && operand ? factOf(operand) : undefined;
  if (fact === undefined) refuse(node, scope, "has() takes the name of one fact");
  else checkFact(fact, node, scope);
}

function checkWalk(node: ASTNode, variable: string, body: ASTNode[], scope: Scope): void {
  if (scope.variable !== undefined) return refuse(node, scope, "One walk over a list cannot contain another");
  if (scope.table.names.some((fact) => signalOf(fact) === variable)) {
    refuse(node, scope, `${variable} is the name of a signal; call the list item something else`);
  }
  for (const part of body) visit(part, { ...scope, variable });
}

function unavailableFunction(name: string): string {
  if (name !== "matches") return `The function ${name}() is not available in rules`;
  return (
    "The function matches() is not available in rules, because a regular expression may take unbounded time; " +
    "use contains(), startsWith(), endsWith() or the site's word lists"
  );
}

function refuse(node: ASTNode, scope: Scope, message: string): void {
  scope.faults.push({ message, start: node.start, end: node.end });
}

function signalOf(fact: string): string {
  return fact.slice(0, fact.indexOf("."));
}

/** The most similar fact name, when one is similar enough to be meant. */
function suggest(name: string, { table }: Scope): string {
  const [best] = table.names
    .map((fact) => ({ fact, distance: editDistance(name, fact) }))
    .toSorted((a, b) => a.distance - b.distance);
  return best && best.distance <= 3 ? ` (is ${best.fact} meant?)` : "";
}

/** Levenshtein distance of two short names. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + Number(a[i - 1] !== b[j - 1]);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
