import type { FieldProblem } from "../errors.ts";
import { decide } from "./decide.ts";
import { exampleSubject } from "./example-subject.ts";
import { loadBaseModel } from "./model/base-model.ts";
import type { CompiledPolicy, LocatedTest } from "./policy.ts";
import { NO_RULE } from "./policy/document.ts";
import { runSignals } from "./run-signals.ts";
import type { Evidence, Signal } from "./signal.ts";

/** Runs the tests in a policy's document; gives those that do not come out as expected, and how they came out. */
export async function runPolicyTests(
  policy: CompiledPolicy,
  signals: readonly Signal[],
): Promise<FieldProblem[]> {
  const problems: FieldProblem[] = [];
  for (const test of policy.tests) {
    const evidence = await evidenceOf(test, signals);
    const problem = compare(test, decide(evidence, policy));
    if (problem !== undefined)
      problems.push({ path: test.path, message: `"${test.name}": ${problem}, ${test.place}` });
  }
  return problems;
}

/** What the local checks find in the given text, if there is one, with the given facts in place of theirs. */
async function evidenceOf({ given }: LocatedTest, signals: readonly Signal[]): Promise<Evidence[]> {
  const { text, ...facts } = given;
  const found =
    typeof text === "string"
      ? (await runSignals(signals, exampleSubject(text, await loadBaseModel()))).evidence
      : [];
  const stated = Object.entries(facts).map(([name, value]): Evidence => ({
    name,
    version: 0,
    state: "ok",
    value,
  }));
  return [...found.filter(({ name }) => !Object.hasOwn(facts, name)), ...stated];
}

function compare({ expect }: LocatedTest, decision: ReturnType<typeof decide>): string | undefined {
  const { action, reason, trace, score } = decision;
  const rule = decision.ruleId ?? NO_RULE;
  const isSame =
    action === expect.action &&
    (expect.rule === undefined || rule === expect.rule) &&
    (expect.reason === undefined || reason === expect.reason);
  if (isSame) return undefined;
  const wanted = [expect.action, expect.rule && `by ${expect.rule}`, expect.reason && `for ${expect.reason}`];
  const skipped = trace.find(({ id, lacking }) => lacking !== undefined && id === expect.rule);
  const hints = [
    score && `the score is ${score.total}`,
    skipped?.lacking && `${skipped.id} needs ${skipped.lacking.join(" and ")}`,
  ].filter(Boolean);
  const hint = hints.length === 0 ? "" : ` (${hints.join("; ")})`;
  return `expected ${wanted.filter(Boolean).join(" ")}, but it is ${action} by ${rule} for ${reason}${hint}`;
}
