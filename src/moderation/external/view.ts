import type { ActiveCheck } from "./active-checks.ts";
import type { CheckName } from "./external-check.ts";
import type { CheckOptions } from "./options.ts";
import type { UsageRow } from "./store.ts";

/** A check of a site, as whoever manages the site sees it: everything but the secret. */
export type CheckView = {
  name: CheckName;
  /** What leaves the machine. */
  sends: string;
  options: CheckOptions;
  hasSecret: boolean;
  state: {
    /** `broken`: what is stored cannot be used; put it anew. */
    usable: "ready" | "off" | "broken";
    /** Until when at least one process does not ask, after too many failures. */
    breakerOpenUntil: Date | null;
    callsThisMinute: number;
    /** UTC. */
    callsToday: number;
    lastError: string | null;
    lastErrorAt: Date | null;
  };
  updatedAt: string;
};

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

export function toCheckView(active: ActiveCheck, usage: UsageRow | undefined, now: Date): CheckView {
  const { check, options, hasSecret, edition, prepared } = active;
  const within = (from: Date | undefined, lengthMs: number) =>
    from !== undefined && now.getTime() < from.getTime() + lengthMs;
  const openUntil = usage?.open_until ?? null;
  return {
    name: check.name,
    sends: check.sends,
    options,
    hasSecret,
    state: {
      usable: prepared === null ? "broken" : options.enabled ? "ready" : "off",
      breakerOpenUntil: openUntil !== null && openUntil > now ? openUntil : null,
      callsThisMinute: within(usage?.minute_at, MINUTE_MS) ? (usage?.minute_calls ?? 0) : 0,
      callsToday: within(usage?.day_at, DAY_MS) ? (usage?.day_calls ?? 0) : 0,
      lastError: usage?.last_error ?? null,
      lastErrorAt: usage?.last_error_at ?? null,
    },
    updatedAt: edition,
  };
}
