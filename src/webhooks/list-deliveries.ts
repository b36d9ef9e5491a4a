import type { Context } from "../context.ts";
import { decodeCursor, encodeCursor } from "../cursor.ts";
import type { Site } from "../sites/site.ts";
import { type Delivery, type DeliveryStatus, toDelivery } from "./delivery.ts";
import { listDeliveryRows } from "./store/deliveries.ts";

export type ListDeliveriesInput = {
  site: Site;
  status: DeliveryStatus | null;
  type: string | null;
  endpointId: string | null;
  eventId: string | null;
  limit: number;
  cursor: string | null;
};

/** A site's deliveries, newest first. @throws AppError `invalid_input` for a cursor of another list */
export async function listDeliveries(
  ctx: Context,
  input: ListDeliveriesInput,
): Promise<{ deliveries: Delivery[]; next: string | null }> {
  const { site, status, type, endpointId, eventId, limit, cursor } = input;
  const filters = { status, type, endpointId, eventId };
  const scope = `deliveries ${site.id} ${JSON.stringify(filters)}`;
  const [last] = cursor === null ? [] : decodeCursor(ctx.keys.cursor, scope, cursor);
  const before = last === undefined ? null : String(last);
  const rows = await listDeliveryRows(ctx.db, { siteId: site.id, ...filters, before, limit });
  const shown = rows.slice(0, limit);
  const lastShown = shown.at(-1);
  const next = rows.length > limit && lastShown ? encodeCursor(ctx.keys.cursor, scope, [lastShown.id]) : null;
  return { deliveries: shown.map(toDelivery), next };
}
