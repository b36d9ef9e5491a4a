import { learnDecisions } from "../src/moderation/learning/learn-decisions.ts";
import type { JobHandler } from "./run-job.ts";

/** `model.learn`: learns what was decided about up to 50 comments. */
export const learn: JobHandler<"model.learn"> = async (ctx, { ids }) => {
  await learnDecisions(ctx, ids);
};
