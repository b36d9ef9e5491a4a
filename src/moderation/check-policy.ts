import { type CompiledPolicy, compilePolicy, invalidPolicy } from "./policy.ts";
import { runPolicyTests } from "./run-policy-tests.ts";
import { FACTS, SIGNALS } from "./signals/index.ts";

/** A policy in short, as it was understood. */
export type PolicySummary = {
  name: string;
  description: string | null;
  rules: {
    id: string;
    mode: string;
    /** `score` for a rule that only adds to the score; `reason` is null then. */
    action: string;
    reason: string | null;
    facts: readonly string[];
  }[];
  /** How many of its own tests it passed: all of them. */
  tests: number;
  otherwise: string;
};

/**
 * Compiles a policy document and runs its tests, without saving it anywhere.
 * @throws AppError `invalid_input` (reason `invalid_policy`) with every problem; `path` is the place in the document, and
 * the message tells line and column.
 */
export async function checkPolicy(source: string): Promise<PolicySummary> {
  return summarise(await compileTested(source));
}

/** @throws AppError as {@link checkPolicy} */
async function compileTested(source: string): Promise<CompiledPolicy> {
  const policy = compilePolicy(source, FACTS);
  const failed = await runPolicyTests(policy, SIGNALS);
  if (failed.length > 0) throw invalidPolicy(failed);
  return policy;
}

function summarise({ name, description, rules, tests, otherwise }: CompiledPolicy): PolicySummary {
  return {
    name,
    description,
    rules: rules.map(({ id, mode, action, reason, facts }) => ({
      id,
      mode,
      action: action ?? "score",
      reason,
      facts,
    })),
    tests: tests.length,
    otherwise,
  };
}
