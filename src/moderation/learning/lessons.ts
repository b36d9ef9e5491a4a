import { MODEL_TASKS, type ModelTask } from "../model/tasks.ts";
import type { ReasonCode } from "../reasons.ts";

/** What a decision says about one task: `y` 1 means that the task's name fits the comment. */
export type TaskLesson = { task: ModelTask; y: 0 | 1 };

/**
 * Raised whenever the same decisions would teach something else: what lessons they hold, how they are weighed and taken in.
 * Every site's layer is then rebuilt.
 */
export const LEARNING_RULES = 1;

/** Reasons of a rejection that tell something about the text itself. The others depend on the article or the house: no lesson. */
const TASKS_OF_REASON: Partial<Record<ReasonCode, readonly ModelTask[]>> = {
  spam: ["spam"],
  insult: ["toxic", "insult"],
  harassment: ["toxic"],
  hate: ["toxic", "identityAttack"],
  threat: ["toxic", "threat"],
  profanity: ["toxic", "obscene"],
  sexual: ["obscene"],
};

/** The reasons for which a rejection teaches something. */
export const TEACHING_REASONS: readonly string[] = Object.keys(TASKS_OF_REASON);

const PUBLISHED: readonly TaskLesson[] = MODEL_TASKS.map((task) => ({ task, y: 0 }));
const SPAM: readonly TaskLesson[] = [{ task: "spam", y: 1 }];

/** What a moderator's decision teaches: publishing that it is neither spam nor toxic, a refusal what it is refused for. */
export function lessonsOf({
  action,
  reason,
}: {
  action: string;
  reason: string | null;
}): readonly TaskLesson[] {
  if (action === "publish") return PUBLISHED;
  if (action === "spam") return SPAM;
  if (action !== "reject" || reason === null || !isTeaching(reason)) return [];
  return (TASKS_OF_REASON[reason] ?? []).map((task) => ({ task, y: 1 }));
}

function isTeaching(reason: string): reason is keyof typeof TASKS_OF_REASON {
  return Object.hasOwn(TASKS_OF_REASON, reason);
}
