import type { Evidence, FactDeclaration, FactValue } from "../../src/moderation/signal.ts";

/** Facts of every type. */
export const TEST_FACTS = {
  "links.count": { type: "int", description: "Links in the body" },
  "links.hosts": { type: "list<string>", description: "Their hosts" },
  "links.website": { type: "bool", description: "Whether a website was given" },
  "style.shouting": { type: "double", description: "Share of capital letters" },
  "form.ageSeconds": { type: "double", description: "Age of the form" },
  "author.status": { type: "string", description: "Standing with the site" },
  "author.published": { type: "int", description: "Published comments" },
  "author.rejected": { type: "int", description: "Rejected comments" },
} as const satisfies Record<string, FactDeclaration>;

/** Evidence of the given values, and of checks that were down; a fact in neither is missing. */
export function evidenceOf(
  values: Readonly<Record<string, FactValue>>,
  down: readonly string[] = [],
): Evidence[] {
  const found = Object.entries(values).map(([name, value]): Evidence => ({
    name,
    version: 1,
    state: "ok",
    value,
  }));
  const failed = down.map((name): Evidence => ({
    name,
    version: 1,
    state: "unavailable",
    error: "deadline",
  }));
  return [...found, ...failed];
}

export type RuleParts = { when: string } & Partial<
  Record<"id" | "description" | "action" | "reason" | "mode" | "onUnavailable", string> & { priority: number }
>;

/** A policy document (JSON is YAML) with the given rules; ids are r0, r1, … and `action` stands for `then`. */
export function documentOf(rules: readonly RuleParts[], otherwise: "publish" | "hold" = "publish"): string {
  const complete = rules.map((rule, index) => ({
    id: `r${index}`,
    description: `Rule ${index}`,
    action: "hold",
    reason: "other",
    ...rule,
  }));
  const json = JSON.stringify({ version: 1, name: "test", rules: complete, otherwise }, null, 2);
  return json.replaceAll('"action":', '"then":');
}
