import type { Fact, Subject } from "../signal.ts";
import type { ModelTask } from "../model/tasks.ts";

/** Below this there is nothing to point at: most words of most comments speak a little for something. */
const POINTED_AT_MIN = 0.2;

type TaskFacts = readonly (readonly [fact: string, task: ModelTask])[];

/** The facts of the signals `spam` and `toxicity`, by the model's tasks. */
export const SPAM_FACTS = [["spam.score", "spam"]] as const satisfies TaskFacts;
export const TOXICITY_FACTS = [
  ["toxicity.score", "toxic"],
  ["toxicity.insult", "insult"],
  ["toxicity.threat", "threat"],
  ["toxicity.identityAttack", "identityAttack"],
  ["toxicity.obscene", "obscene"],
] as const satisfies TaskFacts;

/**
 * The model's probabilities as facts, by task; those it abstains from are missing. The first one tells the model's version.
 * @throws Error when there is no model
 */
export function modelFacts({ model }: Subject, tasks: TaskFacts): Record<string, Fact> {
  const facts: Record<string, Fact> = {};
  for (const [name, task] of tasks) {
    const score = model.scoreOf(task);
    if (score === null) continue;
    const fact: Fact = { value: score.probability };
    if (score.probability >= POINTED_AT_MIN) fact.spans = model.reasonsFor(task);
    if (task === tasks[0]?.[1]) fact.detail = { model: model.version };
    facts[name] = fact;
  }
  return facts;
}
