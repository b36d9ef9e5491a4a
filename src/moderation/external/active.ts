import type { Context } from "../../context.ts";
import type { ExternalEntry } from "../../sites/external.ts";
import type { Site } from "../../sites/site.ts";
import type { Adapter, BoundAdapter } from "./adapter.ts";
import { ADAPTERS } from "./adapters/index.ts";
import { ADAPTER_NAMES, type AdapterName } from "./names.ts";

/** A check that a site has turned on. */
export type ActiveAdapter = { adapter: Adapter; bound: BoundAdapter; entry: ExternalEntry };

const NONE: readonly ActiveAdapter[] = [];
const active = new WeakMap<Site, readonly ActiveAdapter[]>();

/** What a site asks of others, cheapest first; made once per state of the site. */
export function activeAdapters(site: Site): readonly ActiveAdapter[] {
  let found = active.get(site);
  if (!found) active.set(site, (found = bindAll(site)));
  return found;
}

function bindAll({ external }: Site): readonly ActiveAdapter[] {
  const found = ADAPTER_NAMES.flatMap((name): ActiveAdapter[] => {
    const entry = external[name];
    if (!entry?.enabled) return [];
    const adapter = ADAPTERS[name];
    return [{ adapter, bound: adapter.bind(entry.settings), entry }];
  });
  return found.length === 0 ? NONE : found.toSorted((a, b) => a.adapter.tier - b.adapter.tier);
}

/** @throws AppError `unavailable` for a secret that does not open any more. */
export function openKey(
  ctx: Pick<Context, "keys">,
  siteId: number,
  name: AdapterName,
  entry: ExternalEntry,
): string | null {
  if (entry.secret === null) return null;
  return ctx.keys.box.open(Buffer.from(entry.secret, "base64"), aadOf(siteId, name));
}

export function sealKey(
  ctx: Pick<Context, "keys">,
  siteId: number,
  name: AdapterName,
  secret: string,
): string {
  return ctx.keys.box.seal(secret, aadOf(siteId, name)).toString("base64");
}

function aadOf(siteId: number, name: AdapterName): string {
  return `external-secret:${siteId}:${name}`;
}
