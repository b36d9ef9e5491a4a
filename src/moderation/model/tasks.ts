/** What the model judges: `spam`, and toxicity with four of Perspective's attributes. The order is that of the weights. */
export const MODEL_TASKS = ["spam", "toxic", "insult", "threat", "identityAttack", "obscene"] as const;
export type ModelTask = (typeof MODEL_TASKS)[number];

/** The place of a task among a feature's weights. */
export function taskIndex(task: ModelTask): number {
  return MODEL_TASKS.indexOf(task);
}
