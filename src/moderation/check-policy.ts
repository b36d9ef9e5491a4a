import { compilePolicy } from "./policy.ts";
import { FACTS } from "./signals/index.ts";

/** A policy in short, as it was understood. */
export type PolicySummary = {
  name: string;
  description: string | null;
  rules: { id: string; mode: string; action: string; reason: string; facts: readonly string[] }[];
  otherwise: string;
};

/**
 * Compiles a policy document without saving it anywhere.
 * @throws AppError `invalid_input` (reason `invalid_policy`) with every problem; `path` is the place in the document, and
 * the message tells line and column.
 */
export function checkPolicy(source: string): PolicySummary {
  const { name, description, rules, otherwise } = compilePolicy(source, FACTS);
  return {
    name,
    description,
    rules: rules.map(({ id, mode, action, reason, condition }) => ({
      id,
      mode,
      action,
      reason,
      facts: condition.facts,
    })),
    otherwise,
  };
}
