import { deliverWebhooks } from "../src/webhooks/deliver.ts";
import type { JobHandler } from "./run-job.ts";

/** `webhook.deliver`: one attempt for each of up to 50 deliveries. */
export const deliverWebhook: JobHandler<"webhook.deliver"> = async (ctx, { ids }, { signal }) => {
  await deliverWebhooks(ctx, ids, signal);
};
