import { forgetSources } from "../src/comments/forget-sources.ts";
import type { Context } from "../src/context.ts";
import { expireCampaigns } from "../src/moderation/campaigns/expire-campaigns.ts";
import { forgetCounts } from "../src/sites/forget-counts.ts";
import { repeat } from "./repeat.ts";

const INTERVAL_MS = 3_600_000;

/** Forgets what must not be kept any longer, every hour. */
export function startExpiry(ctx: Context): AsyncDisposable {
  return repeat(ctx, { name: "expire", intervalMs: INTERVAL_MS, work: forgetOld });
}

async function forgetOld(ctx: Context): Promise<void> {
  await forgetSources(ctx);
  await forgetCounts(ctx);
  await expireCampaigns(ctx);
}
