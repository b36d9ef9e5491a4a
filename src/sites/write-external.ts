import type { Context } from "../context.ts";
import type { ExternalChecks } from "./external.ts";
import { siteNotFound } from "./site.ts";
import { lockSiteRow, setExternal } from "./store.ts";

/**
 * Changes what a site asks of others, as a whole and under a lock. `change` must not wait for anything but itself.
 * @throws AppError `not_found`, or what `change` throws; then nothing is changed.
 */
export async function writeExternal(
  ctx: Context,
  key: string,
  change: (stored: unknown) => ExternalChecks,
): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const row = await lockSiteRow(tx, key);
    if (!row) throw siteNotFound();
    await setExternal(tx, row.id, JSON.stringify(change(row.external)), ctx.clock.now());
    tx.onCommit(() => ctx.caches.sites.delete(key));
  });
}
