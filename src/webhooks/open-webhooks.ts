import type { Config } from "../config.ts";
import { WebhookAgent } from "./agent.ts";
import { createWebhookGuard, DEFAULT_PORTS, type WebhookGuard } from "./guard.ts";
import { createSlots, type Slots } from "./slots.ts";

/** Attempts under way in one process. */
const SENDING_MAX = 100;
/** Attempts under way to one endpoint, from one process. */
export const SENDING_PER_ENDPOINT_MAX = 10;

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
  const slots = createSlots({ totalMax: SENDING_MAX, perKeyMax: SENDING_PER_ENDPOINT_MAX });
  return { agent, guard, slots, [Symbol.asyncDispose]: () => agent.destroy() };
}
