import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import { SWEEP_AFTER_SECONDS } from "../queue/outbox.ts";
import type { Site } from "../sites/site.ts";
import type { Delivery } from "./delivery.ts";
import { endpointDisabled } from "./endpoint.ts";
import { getDelivery } from "./get-delivery.ts";
import { retryDeliveryRow } from "./store/deliveries.ts";
import { findEndpointRow } from "./store/endpoints.ts";

/**
 * Makes the next attempt now, whatever became of the delivery: also a dead one, and one that was delivered and is wanted again.
 * The id stays the same, and so does its place in the schedule: past the last attempt each retry is one more. An endpoint that
 * asked for a rest gets it first; a delivery that is being sent at this moment is left alone.
 * @throws AppError `not_found`; `conflict`, reason `endpoint_disabled` or `endpoint_removed`
 */
export async function retryDelivery(ctx: Context, site: Site, id: string): Promise<Delivery> {
  const { endpointId } = await getDelivery(ctx, site, id);
  const endpoint = await findEndpointRow(ctx.db, site.id, endpointId);
  if (!endpoint) {
    throw new AppError("conflict", "The endpoint has been removed.", { reason: "endpoint_removed" });
  }
  if (!endpoint.enabled) throw endpointDisabled();
  const retry = { siteId: site.id, id, at: ctx.clock.now(), sweepAfterSeconds: SWEEP_AFTER_SECONDS };
  if (await retryDeliveryRow(ctx.db, retry)) ctx.dispatch("webhook.deliver", [id]);
  return getDelivery(ctx, site, id);
}
