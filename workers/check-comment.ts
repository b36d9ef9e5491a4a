import { checkComments } from "../src/moderation/check.ts";
import { JOB_IDS_MAX } from "../src/queue/jobs.ts";
import type { JobHandler } from "./run-job.ts";

/** `comment.check`: judges up to 50 comments, those of the job and whatever else waits: under load jobs come with a few each. */
export const checkComment: JobHandler<"comment.check"> = async (ctx, { ids }) => {
  await checkComments(ctx, ids, JOB_IDS_MAX);
};
