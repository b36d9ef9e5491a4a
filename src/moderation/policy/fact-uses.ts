import type { ASTNode } from "@marcbachmann/cel-js";

export type FactUses = {
  /** Facts the expression cannot do without: a rule lacking one of them is skipped. */
  needed: string[];
  /** All its facts, those behind a `has()` guard too. */
  mentioned: string[];
};

/**
 * Which facts a checked expression uses. `has(form.ageSeconds) && form.ageSeconds < 3.0` does not need the fact:
 * every use stands where `has()` has already shown that it is there.
 */
export function findFactUses(root: ASTNode): FactUses {
  const needed = new Set<string>();
  const mentioned = new Set<string>();
  visit(root, new Set());
  return { needed: [...needed], mentioned: [...mentioned] };

  function visit(node: ASTNode, present: ReadonlySet<string>): void {
    const fact = factOf(node);
    const guard = guardOf(node);
    if (fact !== undefined || guard !== undefined) mentioned.add(fact ?? guard ?? "");
    if (fact !== undefined && !present.has(fact)) needed.add(fact);
    if (fact !== undefined || guard !== undefined) return;
    if (node.op === "&&" || node.op === "||") {
      const [left, right] = node.args;
      visit(left, present);
      visit(right, present.union(presentWhen(node.op === "&&", left)));
    } else if (node.op === "?:") {
      const [condition, then, otherwise] = node.args;
      visit(condition, present);
      visit(then, present.union(presentWhen(true, condition)));
      visit(otherwise, present.union(presentWhen(false, condition)));
    } else {
      for (const child of childrenOf(node)) visit(child, present);
    }
  }
}

/** The facts that are certainly there once the node has turned out to be `outcome`. */
function presentWhen(outcome: boolean, node: ASTNode): Set<string> {
  const guard = guardOf(node);
  if (guard !== undefined) return new Set(outcome ? [guard] : []);
  if (node.op === "!_") return presentWhen(!outcome, node.args);
  if (node.op === (outcome ? "&&" : "||")) {
    return presentWhen(outcome, node.args[0]).union(presentWhen(outcome, node.args[1]));
  }
  return new Set();
}

/** The fact's name where the node reads one (`links.count`). */
export function factOf(node: ASTNode): string | undefined {
  if (node.op !== "." || node.args[0].op !== "id") return undefined;
  return `${node.args[0].args}.${node.args[1]}`;
}

function guardOf(node: ASTNode): string | undefined {
  const [argument] = node.op === "call" && node.args[0] === "has" ? node.args[1] : [];
  return argument && factOf(argument);
}

/** The operands of a node, in the order of the source. */
export function childrenOf(node: ASTNode): ASTNode[] {
  if (node.op === "value" || node.op === "id") return [];
  if (node.op === "." || node.op === ".?") return [node.args[0]];
  if (node.op === "call") return node.args[1];
  if (node.op === "rcall") return [node.args[1], ...node.args[2]];
  if (node.op === "map") return node.args.flat();
  if (node.op === "!_" || node.op === "-_") return [node.args];
  return [...node.args];
}
