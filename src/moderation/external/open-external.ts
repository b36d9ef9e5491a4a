import { LRUCache } from "lru-cache";
import type { Keys } from "../../accounts/keys.ts";
import type { Clock } from "../../clock.ts";
import type { Config } from "../../config.ts";
import type { Database } from "../../db/database.ts";
import type { Log } from "../../log.ts";
import { WebhookAgent } from "../../webhooks/agent.ts";
import { createWebhookGuard, DEFAULT_PORTS, type WebhookGuard } from "../../webhooks/guard.ts";
import { createSlots, type Slots } from "../../webhooks/slots.ts";
import { type ActiveCheck, loadActiveChecks } from "./active-checks.ts";
import { type AnswerCache, createAnswerCache } from "./answer-cache.ts";
import { createExternalHttp, type ExternalHttp } from "./exchange.ts";

/** How old a site's set of checks may be, milliseconds. Changes made by this process are seen at once. */
const CHECKS_AGE_MS = 1_000;
const SITES_MAX = 1_000;
/** Calls under way in one process, and for one check of one site. */
const CALLS_MAX = 64;
const CALLS_PER_CHECK_MAX = 8;
/** Places for checks that have none, so that a few slow ones cannot take them all. */
const CALLS_RESERVED = 24;

/** What a process asks others with. */
export type External = {
  guard: WebhookGuard;
  http: ExternalHttp;
  slots: Slots;
  answers: AnswerCache;
  /** The checks of a site, those that are off too; empty for nearly every site. */
  checksOf(siteId: number): readonly ActiveCheck[] | Promise<readonly ActiveCheck[]>;
  /** To be called after a change. */
  forget(siteId: number): void;
};

export type OpenExternalOptions = {
  config: Config["external"];
  db: Database;
  keys: Keys;
  clock: Clock;
  log: Log;
};

/** Disposing of it cuts off what is being asked; drain the workers first. */
export function openExternal({ config, clock, ...sources }: OpenExternalOptions): External & AsyncDisposable {
  const guard = createWebhookGuard({
    allowedNetworks: config.allowCidrs,
    allowHttp: config.allowHttp,
    // Services in an operator's own network have ports of their own.
    ports: config.allowCidrs.length > 0 ? "any" : DEFAULT_PORTS,
    wording: {
      refusal: "This address cannot be asked.",
      hint: "unless the operator opens their network to checks (EXTERNAL_ALLOW_CIDRS)",
    },
  });
  const agent = new WebhookAgent(guard);
  const checks = new LRUCache<number, readonly ActiveCheck[]>({
    max: SITES_MAX,
    ttl: CHECKS_AGE_MS,
    fetchMethod: (siteId, known) => loadActiveChecks(sources, siteId, known),
    ignoreFetchAbort: true,
  });
  return {
    guard,
    http: createExternalHttp(agent, () => clock.now()),
    slots: createSlots({ totalMax: CALLS_MAX, perKeyMax: CALLS_PER_CHECK_MAX, reserved: CALLS_RESERVED }),
    answers: createAnswerCache(),
    checksOf: (siteId) => checks.get(siteId) ?? checks.fetch(siteId).then((found) => found ?? []),
    forget: (siteId) => void checks.delete(siteId),
    [Symbol.asyncDispose]: () => agent.destroy(),
  };
}
