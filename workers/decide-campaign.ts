import { carryOutActs } from "../src/moderation/review/campaigns/carry-out-acts.ts";
import type { JobHandler } from "./run-job.ts";

/** `campaign.decide`: carries out what moderators decided about campaigns. */
export const decideCampaign: JobHandler<"campaign.decide"> = async (ctx, { ids }, { signal }) => {
  await carryOutActs(ctx, ids, signal);
};
