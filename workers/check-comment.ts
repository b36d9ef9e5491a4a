import { checkComments } from "../src/moderation/check.ts";
import type { JobHandler } from "./run-job.ts";

/** Comments checked together: of a larger batch each costs less still, but all of them wait for the last. */
const BATCH_MAX = 100;
/** A second or two of work: well within the job's time, and no longer than a shutdown may wait. */
const BATCHES_MAX = 10;

/**
 * `comment.check`: judges the comments of the job and whatever else waits: under load jobs come with a few each.
 * While batches are full there is a backlog, and it goes on with that rather than fetch another job for every few comments.
 */
export const checkComment: JobHandler<"comment.check"> = async (ctx, { ids }, { signal }) => {
  let asked = ids;
  for (let batch = 0; batch < BATCHES_MAX && !signal.aborted; batch += 1) {
    const applied = await checkComments(ctx, asked, BATCH_MAX);
    if (applied.length < BATCH_MAX) return;
    asked = [];
  }
};
