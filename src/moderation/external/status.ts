import type { Context } from "../../context.ts";
import { getSiteDetails } from "../../sites/site-details.ts";
import type { Site } from "../../sites/site.ts";
import { ADAPTERS } from "./adapters/index.ts";
import type { BreakerState } from "./breaker.ts";
import { ADAPTER_NAMES, type AdapterName } from "./names.ts";
import { findUsage, type UsageRow } from "./store.ts";

/** An external check as its site has it, and how it fares. Never the key itself. */
export type ExternalStatus = {
  adapter: AdapterName;
  /** What leaves the machine when it is on. */
  sends: string;
  enabled: boolean;
  configured: boolean;
  /** Complete; null while nothing is configured. */
  settings: Record<string, unknown> | null;
  hasSecret: boolean;
  usage: { minute: number; day: number };
  /** `open` when any process leaves it alone just now. */
  breaker: BreakerState;
  lastError: { error: string; at: Date } | null;
};

/** All of them, those that are off too; past the cache. @throws AppError `not_found` */
export async function listExternal(ctx: Context, { key }: Site): Promise<ExternalStatus[]> {
  const { site } = await getSiteDetails(ctx, key);
  const usage = new Map((await findUsage(ctx.db, site.id)).map((row) => [row.adapter, row]));
  return ADAPTER_NAMES.map((name) => statusOf(ctx, site, name, usage.get(name)));
}

/** @throws AppError `not_found` */
export async function getExternal(ctx: Context, site: Site, name: AdapterName): Promise<ExternalStatus> {
  const found = (await listExternal(ctx, site)).find(({ adapter }) => adapter === name);
  if (!found) throw new Error(`No status of ${name}`);
  return found;
}

function statusOf(ctx: Context, site: Site, name: AdapterName, row: UsageRow | undefined): ExternalStatus {
  const entry = site.external[name];
  const nowMs = ctx.clock.nowMs();
  const own = ctx.external.endpointOf(site.id, name).breaker.state();
  const isOpen = row?.open_until != null && row.open_until.getTime() > nowMs;
  return {
    adapter: name,
    sends: ADAPTERS[name].sends,
    enabled: entry?.enabled ?? false,
    configured: entry !== undefined,
    settings: entry?.settings ?? null,
    hasSecret: entry?.secret != null,
    usage: {
      minute: row && nowMs - row.minute_at.getTime() < 60_000 ? row.minute_calls : 0,
      day: row && nowMs - row.day_at.getTime() < 86_400_000 ? row.day_calls : 0,
    },
    breaker: isOpen ? "open" : own,
    lastError: row?.last_error && row.last_error_at ? { error: row.last_error, at: row.last_error_at } : null,
  };
}
