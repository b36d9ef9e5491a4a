import type { Context } from "../../context.ts";
import type { SiteModel } from "../model-view.ts";
import type { BaseModel } from "../model/base-model.ts";
import { parseSiteLayer } from "../model/site-layer.ts";
import { basisOf } from "./session.ts";
import { findLayers, findNewest } from "./store/versions.ts";

/**
 * The newest model of each site, at most a second old: the base alone where nothing was learned yet. Two queries at most,
 * however many sites. Empty when the base model could not be loaded.
 */
export async function loadModels(ctx: Context, siteIds: number[]): Promise<Map<number, SiteModel>> {
  const { baseModel: base, caches } = ctx;
  if (!base) return new Map();
  const wanted = [...new Set(siteIds)];
  const unsure = wanted.filter((id) => !caches.models.has(id) || !caches.modelChecks.has(id));
  const loaded = unsure.length === 0 ? new Map<number, SiteModel>() : await refresh(ctx, base, unsure);
  return new Map(wanted.map((id) => [id, loaded.get(id) ?? caches.models.get(id) ?? withoutLayer(base)]));
}

async function refresh(ctx: Context, base: BaseModel, siteIds: number[]): Promise<Map<number, SiteModel>> {
  const { caches } = ctx;
  const newest = await findNewest(ctx.db, siteIds, basisOf(base));
  const changed = new Map(
    [...newest].filter(([id, version]) => caches.models.peek(id)?.layerVersion !== version),
  );
  const layers = changed.size === 0 ? new Map<number, Buffer>() : await findLayers(ctx.db, changed);
  const models = new Map<number, SiteModel>();
  for (const id of siteIds) {
    const bytes = layers.get(id);
    const known = caches.models.peek(id);
    const model = bytes
      ? withLayer(ctx, base, { siteId: id, version: changed.get(id) ?? 0, bytes })
      : known?.layerVersion === (newest.get(id) ?? 0)
        ? known
        : withoutLayer(base);
    models.set(id, model);
    caches.models.set(id, model);
    caches.modelChecks.set(id, true);
  }
  return models;
}

function withoutLayer(base: BaseModel): SiteModel {
  return { base, layer: null, layerVersion: 0 };
}

function withLayer(
  ctx: Context,
  base: BaseModel,
  { siteId, version, bytes }: { siteId: number; version: number; bytes: Buffer },
): SiteModel {
  try {
    return { base, layer: parseSiteLayer(bytes), layerVersion: version };
  } catch (error) {
    // The base alone, and the decisions say so, until the site's next version.
    ctx.log.error(
      { err: error, site: siteId, version },
      "a site's model is damaged; `model rebuild` makes it anew",
    );
    return withoutLayer(base);
  }
}
