import { reportDecisions } from "../src/moderation/external/report.ts";
import type { JobHandler } from "./run-job.ts";

/** `external.report`: tells services what moderators decided about up to 50 comments. */
export const report: JobHandler<"external.report"> = async (ctx, { ids }) => {
  await reportDecisions(ctx, ids);
};
