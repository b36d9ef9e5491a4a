import type { BaseModel } from "../model/base-model.ts";
import type { Features } from "../model/features.ts";
import { logitOf } from "../model/score.ts";
import { learnExample, type SiteLayer } from "../model/site-layer.ts";
import { MODEL_TASKS, type ModelTask } from "../model/tasks.ts";
import type { Example } from "./example.ts";
import { lessonsOf } from "./lessons.ts";

/**
 * What moderator and model agreed about, gone over again whenever a lesson to the contrary has been taken in: so one who
 * contradicts what the others, or they themselves, have shown to be so is met by it every time, and what nobody has shown
 * before is free to be learned.
 */
export type Rehearsal = {
  /** Notes an example, and the tasks that the model agreed about beforehand; its features may be given later. */
  remember(example: Example, agreed: readonly ModelTask[], features: Features | null): void;
  /** Comments whose features are still to be given. */
  missing(): string[];
  fill(commentId: string, features: Features): void;
  /**
   * Keeps the layer from misjudging what it knew, after a moderator's lesson that this task is `y`. Whether that went
   * against what others had shown.
   */
  protect(layer: SiteLayer, lesson: { task: ModelTask; y: 0 | 1; moderator: string }): boolean;
};

/** The latest that count, of each moderator for each task and answer, and moderators who have any. */
const KEPT_PER_MODERATOR = 20;
const MODERATORS_MAX = 8;
/** Log-odds at which what was agreed about is in danger: a probability of 0.3, or 0.7 the other way. */
const DANGER_LOGIT = -1.4;
/** Of one correction. Several of them together outweigh one lesson. */
const CORRECTION_WEIGHT = 1;

type Known = { commentId: string; features: Features | null };

export function createRehearsal(base: BaseModel): Rehearsal {
  const lists = new Map(
    MODEL_TASKS.flatMap((task) => [0, 1].map((y) => [`${task} ${y}`, new Map<string, Known[]>()])),
  );
  const all = () => [...lists.values()].flatMap((byModerator) => [...byModerator.values()].flat());
  return {
    remember(example, agreed, features) {
      const known = { commentId: example.commentId, features };
      for (const { task, y } of lessonsOf(example)) {
        if (agreed.includes(task)) keep(lists.get(`${task} ${y}`), example.moderator, known);
      }
    },
    missing: () => [...new Set(all().flatMap((known) => (known.features ? [] : [known.commentId])))],
    fill(commentId, features) {
      for (const known of all()) if (known.commentId === commentId) known.features = features;
    },
    protect(layer, { task, y, moderator }) {
      const right = y === 1 ? 0 : 1;
      let isContested = false;
      for (const [witness, known] of lists.get(`${task} ${right}`) ?? []) {
        for (const { features } of known) {
          if (features === null) continue;
          const logit = logitOf(base, layer, features, task);
          if ((right === 0 ? logit : -logit) < DANGER_LOGIT) continue;
          learnExample(base, layer, features, { task, y: right, weight: CORRECTION_WEIGHT });
          isContested ||= witness !== moderator;
        }
      }
      return isContested;
    },
  };
}

/** Maps go by the order of insertion, so the first moderator is the one of whom nothing was heard for longest. */
function keep(byModerator: Map<string, Known[]> | undefined, moderator: string, known: Known): void {
  if (byModerator === undefined) return;
  const kept = byModerator.get(moderator) ?? [];
  byModerator.delete(moderator);
  byModerator.set(moderator, [...kept.slice(1 - KEPT_PER_MODERATOR), known]);
  const [silent] = byModerator.keys();
  if (byModerator.size > MODERATORS_MAX && silent !== undefined) byModerator.delete(silent);
}
