import type { Context } from "../context.ts";
import { newId } from "../ids.ts";
import { SWEEP_AFTER_SECONDS } from "../queue/outbox.ts";
import type { Site } from "../sites/site.ts";
import type { Delivery } from "./delivery.ts";
import { getDelivery } from "./get-delivery.ts";
import { endpointDisabled } from "./endpoint.ts";
import { getEndpoint } from "./get-endpoint.ts";
import { insertTestEvent } from "./store/events.ts";

export const TEST_EVENT_TYPE = "endpoint.test";

/**
 * Sends an event of its own type to one endpoint, on the way of all others: signed, retried, visible.
 * @throws AppError `not_found`; `conflict`, reason `endpoint_disabled`
 */
export async function sendTest(ctx: Context, site: Site, endpointId: string): Promise<Delivery> {
  const endpoint = await getEndpoint(ctx, site, endpointId);
  const at = ctx.clock.now();
  const data = { site: site.key, endpoint: { id: endpoint.id } };
  const event = {
    id: newId(at.getTime()),
    siteId: site.id,
    type: TEST_EVENT_TYPE,
    payload: JSON.stringify({ type: TEST_EVENT_TYPE, timestamp: at.toISOString(), data }),
    createdAt: at,
    endpointId: endpoint.id,
  };
  const deliveryId = await insertTestEvent(ctx.db, event, SWEEP_AFTER_SECONDS);
  if (deliveryId === undefined) throw endpointDisabled();
  ctx.dispatch("webhook.deliver", [deliveryId]);
  return getDelivery(ctx, site, deliveryId);
}
