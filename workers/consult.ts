import { consultComments } from "../src/moderation/external/consult.ts";
import type { JobHandler } from "./run-job.ts";

/** `comment.consult`: asks others about up to 50 comments, and decides them. */
export const consult: JobHandler<"comment.consult"> = async (ctx, { ids }) => {
  await consultComments(ctx, ids);
};
