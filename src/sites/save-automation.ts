import type { Context } from "../context.ts";
import type { Automation } from "./automation.ts";
import { lockSiteRow, setAutomation } from "./store.ts";

/**
 * Stores what a site leaves to the model alone; null: nothing. False when there is no such site.
 * @param unless whether what is stored meanwhile must stay.
 */
export async function saveAutomation(
  ctx: Context,
  key: string,
  automation: Automation | null,
  unless: (stored: unknown) => boolean = () => false,
): Promise<boolean> {
  return ctx.db.transaction(async (tx) => {
    const row = await lockSiteRow(tx, key);
    if (!row || unless(row.automation)) return false;
    await setAutomation(tx, row.id, automation && JSON.stringify(automation));
    tx.onCommit(() => ctx.caches.sites.delete(key));
    return true;
  });
}
