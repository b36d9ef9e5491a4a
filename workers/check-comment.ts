import { checkComments } from "../src/moderation/check.ts";
import { JOB_IDS_MAX } from "../src/queue/jobs.ts";
import type { JobHandler } from "./run-job.ts";

/** A second or two of work: well within the job's time, and no longer than a shutdown may wait. */
const BATCHES_MAX = 10;

/**
 * `comment.check`: judges up to 50 comments, those of the job and whatever else waits: under load jobs come with a few each.
 * While batches are full there is a backlog, and it goes on with that rather than fetch another job for every few comments.
 */
export const checkComment: JobHandler<"comment.check"> = async (ctx, { ids }, { signal }) => {
  let asked = ids;
  for (let batch = 0; batch < BATCHES_MAX && !signal.aborted; batch += 1) {
    const applied = await checkComments(ctx, asked, JOB_IDS_MAX);
    if (applied.length < JOB_IDS_MAX) return;
    asked = [];
  }
};
