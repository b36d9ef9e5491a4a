import type { Fact, Subject } from "../signal.ts";
import type { ModelTask } from "../model/tasks.ts";

/** Below this there is nothing to point at: most words of most comments speak a little for something. */
const POINTED_AT_MIN = 0.2;

/**
 * The model's probabilities as facts, by task; those it abstains from are missing. The first one tells the model's version.
 * @throws Error when there is no model
 */
export function modelFacts(
  { model }: Subject,
  tasks: readonly (readonly [fact: string, task: ModelTask])[],
): Record<string, Fact> {
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
