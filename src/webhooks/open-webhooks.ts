import type { Config } from "../config.ts";
import { WebhookAgent } from "./agent.ts";
import { createWebhookGuard, DEFAULT_PORTS, type WebhookGuard } from "./guard.ts";
import { createSlots, type Slots } from "./slots.ts";

/** Attempts under way in one process. */
const SENDING_MAX = 100;
/** Attempts under way to one endpoint, from one process. */
export const SENDING_PER_ENDPOINT_MAX = 10;
/** Places for endpoints that have none: the receivers of a site, all hanging, leave some to those of other sites. */
const SENDING_RESERVED = 50;
/** Deliveries that are held in memory until there is a place; more of them wait in the database. */
const WAITING_MAX = 2_000;
const WAITING_PER_ENDPOINT_MAX = 200;

/** What a process sends webhooks with. */
export type Webhooks = { agent: WebhookAgent; guard: WebhookGuard; slots: Slots };

/** Disposing of it cuts off what is still being sent; drain the workers first. */
export function openWebhooks(config: Config["webhooks"]): Webhooks & AsyncDisposable {
  const guard = createWebhookGuard({
    allowedNetworks: config.allowCidrs,
    allowHttp: config.allowHttp,
    // Services in an operator's own network have ports of their own.
    ports: config.allowCidrs.length > 0 ? "any" : DEFAULT_PORTS,
  });
  const agent = new WebhookAgent(guard);
  const slots = createSlots({
    totalMax: SENDING_MAX,
    perKeyMax: SENDING_PER_ENDPOINT_MAX,
    reserved: SENDING_RESERVED,
    waitingMax: WAITING_MAX,
    waitingPerKeyMax: WAITING_PER_ENDPOINT_MAX,
  });
  return { agent, guard, slots, [Symbol.asyncDispose]: () => agent.destroy() };
}
