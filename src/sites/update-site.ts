import type { Context } from "../context.ts";
import { parseOrigin } from "./canonical-url.ts";
import { checkSettings } from "./create-site.ts";
import { mergeSettings } from "./merge-settings.ts";
import { siteNotFound } from "./site.ts";
import { lockSiteRow, updateSiteRow } from "./store.ts";

export type UpdateSiteInput = {
  key: string;
  name?: string | undefined;
  language?: string | null | undefined;
  /** In place of all origins there were. */
  origins?: string[] | undefined;
  /** Merged into the settings there are (RFC 7396): null takes a setting back to its default, a list is replaced whole. */
  settings?: unknown;
};

/**
 * Changes what is given and leaves the rest. In force at once in this process, within a second in every other.
 * @throws AppError `not_found`; `invalid_input` naming every origin or setting that cannot be, and nothing is changed.
 */
export async function updateSite(ctx: Context, input: UpdateSiteInput): Promise<void> {
  const { key, name, language, settings } = input;
  const origins = input.origins?.map((origin, index) => parseOrigin(origin, `origins.${index}`));
  await ctx.db.transaction(async (tx) => {
    const row = await lockSiteRow(tx, key);
    if (!row) throw siteNotFound();
    const merged = settings === undefined ? row.settings : mergeSettings(row.settings, settings);
    if (settings !== undefined) checkSettings(merged);
    await updateSiteRow(tx, {
      id: row.id,
      name: name ?? row.name,
      language: language === undefined ? row.language : language,
      origins: origins ?? row.origins,
      settings: JSON.stringify(merged),
      at: ctx.clock.now(),
    });
    tx.onCommit(() => ctx.caches.sites.delete(key));
  });
}
