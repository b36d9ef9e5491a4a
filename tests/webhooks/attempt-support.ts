import { afterEach } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { WebhookAgent } from "../../src/webhooks/agent.ts";
import type { WebhookAgentOptions } from "../../src/webhooks/agent.ts";
import { sendAttempt } from "../../src/webhooks/attempt.ts";
import type { AttemptOptions, AttemptRequest, AttemptResult } from "../../src/webhooks/attempt.ts";
import { createWebhookGuard } from "../../src/webhooks/guard.ts";
import type { GuardOptions } from "../../src/webhooks/guard.ts";
import { generateWebhookSecret } from "../../src/webhooks/secret.ts";
import { startReceiver } from "../support/receiver.ts";
import type { Reply } from "../support/receiver.ts";

export const LOCAL: GuardOptions = { allowedNetworks: ["127.0.0.0/8"], allowHttp: true, ports: "any" };
export const SECRET = generateWebhookSecret();
export const BODY = JSON.stringify({
  type: "comment.published",
  timestamp: "2026-08-20T12:00:00Z",
  data: { name: "Zoë" },
});

const agents: WebhookAgent[] = [];
afterEach(async () => {
  for (const agent of agents.splice(0)) await agent.destroy();
});

export function agentOf(guard: GuardOptions, options?: WebhookAgentOptions): WebhookAgent {
  const agent = new WebhookAgent(createWebhookGuard(guard), options);
  agents.push(agent);
  return agent;
}

export function attempt(
  url: string,
  guard: GuardOptions | WebhookAgent = LOCAL,
  change: Partial<AttemptRequest & AttemptOptions> = {},
): Promise<AttemptResult> {
  const { timeoutMs = 5_000, responseBytesMax = 16_384, ...request } = change;
  const agent = guard instanceof WebhookAgent ? guard : agentOf(guard);
  const timestampSeconds = Math.floor(Date.now() / 1000);
  return sendAttempt(
    { url, id: "evt_1", timestampSeconds, body: BODY, secrets: [SECRET], ...request },
    { agent, clock: systemClock, version: "1.2.3", timeoutMs, responseBytesMax },
  );
}

export async function attemptAnswered(
  reply: Reply,
  change: Partial<AttemptOptions> = {},
): Promise<AttemptResult> {
  await using receiver = await startReceiver({ respond: reply });
  return await attempt(`${receiver.origin}/hook`, LOCAL, change);
}
