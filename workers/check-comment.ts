import { checkComments } from "../src/moderation/check.ts";
import type { JobHandler } from "./run-job.ts";

/** `comment.check`: judges up to 50 comments. */
export const checkComment: JobHandler<"comment.check"> = async (ctx, { ids }) => {
  await checkComments(ctx, ids);
};
