import type { Context } from "../context.ts";
import { findAutomatedSites } from "./store.ts";

/** Keys of the sites that leave something to the model and whose thresholds were worked out before a time. */
export async function listAutomatedSites(ctx: Context, before: Date): Promise<string[]> {
  return findAutomatedSites(ctx.db, before);
}
