import type { Context } from "../../context.ts";
import { automationSchema } from "../../sites/automation.ts";
import { saveAutomation } from "../../sites/save-automation.ts";
import { loadSite } from "../../sites/site.ts";
import { listAutomatedSites } from "../../sites/list-automated-sites.ts";
import { workOutThresholds } from "./set-automation.ts";

const AGE_MS_MAX = 86_400_000;

/**
 * Works the thresholds of every site out anew once a day: models learn, and authors change. Where moderators do not agree
 * often enough any more, or too few cases are left, the model stops deciding alone until they do.
 */
export async function refreshAutomation(ctx: Context): Promise<void> {
  const before = new Date(ctx.clock.nowMs() - AGE_MS_MAX);
  for (const key of await listAutomatedSites(ctx, before)) {
    const site = await loadSite(ctx.db, key);
    if (!site?.automation) continue;
    const { chosenAt } = site.automation;
    const thresholds = await workOutThresholds(ctx, site.id, site.automation);
    const automation = { ...site.automation, ...thresholds, computedAt: ctx.clock.now().toISOString() };
    // An editor who chose something else in the meantime is not overruled.
    const isOther = (stored: unknown) => automationSchema.safeParse(stored).data?.chosenAt !== chosenAt;
    if (!(await saveAutomation(ctx, key, automation, isOther))) continue;
    const { publishBelow, spamFrom } = automation;
    const stopped = [publishBelow, spamFrom].some((threshold) => threshold.stopped !== null);
    ctx.log[stopped ? "warn" : "info"]({ site: key, publishBelow, spamFrom }, "automation worked out anew");
  }
}
