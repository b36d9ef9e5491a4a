import type { Context } from "../context.ts";
import { decodeCursor, encodeCursor } from "../cursor.ts";
import { uuidFloor } from "../ids.ts";
import type { Site } from "../sites/site.ts";
import { type EventRow, listEventRows } from "./store/events.ts";

export const EVENT_SORTS = ["newest", "oldest"] as const;

export type ListEventsInput = {
  site: Site;
  type: string | null;
  since: Date | null;
  sort: (typeof EVENT_SORTS)[number];
  limit: number;
  cursor: string | null;
};

/** What happened, without what is told about it; {@link toEvent}. */
export type SiteEventSummary = { id: string; type: string; commentId: string | null; createdAt: Date };

/**
 * A site's events in the order of their ids. That is the order of happening, not of becoming visible: one whose transaction
 * was still open appears among those already seen.
 * @throws AppError `invalid_input` for a cursor of another list
 */
export async function listEvents(
  ctx: Context,
  input: ListEventsInput,
): Promise<{ events: SiteEventSummary[]; next: string | null }> {
  const { site, type, since, sort, limit, cursor } = input;
  const scope = `events ${site.id} ${JSON.stringify({ type, since, sort })}`;
  const [last] = cursor === null ? [] : decodeCursor(ctx.keys.cursor, scope, cursor);
  const after = last === undefined ? null : String(last);
  const sinceId = since && uuidFloor(since.getTime());
  const rows = await listEventRows(ctx.db, { siteId: site.id, type, since, sinceId, sort, after, limit });
  const shown = rows.slice(0, limit);
  const lastShown = shown.at(-1);
  const next = rows.length > limit && lastShown ? encodeCursor(ctx.keys.cursor, scope, [lastShown.id]) : null;
  return { events: shown.map(toEvent), next };
}

export function toEvent(row: EventRow): SiteEventSummary {
  return { id: row.id, type: row.type, commentId: row.comment_id, createdAt: row.created_at };
}
