import { LRUCache } from "lru-cache";
import type { Clock } from "../../clock.ts";
import type { Config } from "../../config.ts";
import { WebhookAgent } from "../../webhooks/agent.ts";
import { createWebhookGuard, DEFAULT_PORTS, type WebhookGuard } from "../../webhooks/guard.ts";
import type { Fact } from "../signal.ts";
import { type Breaker, createBreaker } from "./breaker.ts";
import { createGate, type Gate } from "./gate.ts";

/** Answers kept in one process, of all sites. */
const ANSWERS_MAX = 20_000;
const ENDPOINTS_MAX = 5_000;

export type Facts = Record<string, Fact>;

/** What a process asks others with. */
export type External = AsyncDisposable & {
  agent: WebhookAgent;
  guard: WebhookGuard;
  /** By the keyed hash of the question. */
  answers: LRUCache<string, Facts>;
  /** Questions on their way: who asks the same meanwhile shares the answer. */
  asking: Map<string, Promise<Facts>>;
  /** Of a site and adapter. */
  endpointOf(siteId: number, adapter: string): { breaker: Breaker; gate: Gate };
  /** How many breakers are open, by adapter. */
  countOpen(): Map<string, number>;
  /** After a change of settings: begins anew. */
  forget(siteId: number, adapter: string): void;
};

/** Opens nothing: a connection is made when somebody is asked. */
export function openExternal(config: Config["external"], clock: Clock): External {
  const guard = createWebhookGuard({
    allowedNetworks: config.allowCidrs,
    allowHttp: config.allowHttp,
    ports: config.allowCidrs.length > 0 ? "any" : DEFAULT_PORTS,
    wording: {
      refusal: "Nobody can be asked at this address.",
      hint: "unless the operator opens their network to external checks (EXTERNAL_ALLOW_CIDRS)",
    },
  });
  const agent = new WebhookAgent(guard);
  const endpoints = new LRUCache<string, { adapter: string; breaker: Breaker; gate: Gate }>({
    max: ENDPOINTS_MAX,
  });
  return {
    agent,
    guard,
    answers: new LRUCache<string, Facts>({
      max: ANSWERS_MAX,
      perf: { now: () => clock.nowMs() },
      ttlResolution: 0,
    }),
    asking: new Map(),
    endpointOf(siteId, adapter) {
      const key = keyOf(siteId, adapter);
      const found = endpoints.get(key);
      if (found) return found;
      const made = { adapter, breaker: createBreaker(clock), gate: createGate() };
      endpoints.set(key, made);
      return made;
    },
    countOpen() {
      const counts = new Map<string, number>();
      for (const { adapter, breaker } of endpoints.values()) {
        const open = breaker.state() === "closed" ? 0 : 1;
        counts.set(adapter, (counts.get(adapter) ?? 0) + open);
      }
      return counts;
    },
    forget: (siteId, adapter) => void endpoints.delete(keyOf(siteId, adapter)),
    [Symbol.asyncDispose]: () => agent.destroy(),
  };
}

function keyOf(siteId: number, adapter: string): string {
  return `${siteId}:${adapter}`;
}
