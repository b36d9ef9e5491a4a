import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import type { Site } from "../sites/site.ts";
import { type SiteEventSummary, toEvent } from "./list-events.ts";
import { findEventRow } from "./store/events.ts";

/** An event with what its deliveries send. @throws AppError `not_found` */
export async function getEvent(
  ctx: Context,
  site: Site,
  id: string,
): Promise<SiteEventSummary & { payload: unknown }> {
  const row = await findEventRow(ctx.db, site.id, id);
  if (!row) throw new AppError("not_found", "There is no such event.", { reason: "event_not_found" });
  const payload: unknown = JSON.parse(row.payload);
  return { ...toEvent(row), payload };
}
