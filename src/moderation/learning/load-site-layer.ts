import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import type { Site } from "../../sites/site.ts";
import type { SiteModel } from "../model-view.ts";
import { parseSiteLayer } from "../model/site-layer.ts";
import { basisOf, requireBase } from "./session.ts";
import { findVersion } from "./store/versions.ts";

/**
 * A site's model as it was at a version that is still kept; 0 is the base alone. For trying it on the past.
 * @throws AppError `not_found` (`model_version_not_found`), `conflict` (`other_base`): it stands on a base that this release
 * does not have; `unavailable`
 */
export async function loadSiteLayer(ctx: Context, site: Site, version: number): Promise<SiteModel> {
  const base = requireBase(ctx);
  if (version === 0) return { base, layer: null, layerVersion: 0 };
  const row = await findVersion(ctx.db, site.id, version);
  if (!row) throw versionNotFound();
  if (row.basis !== basisOf(base)) {
    throw new AppError("conflict", "This version stands on another base model than this release has.", {
      reason: "other_base",
    });
  }
  return { base, layer: parseSiteLayer(row.layer), layerVersion: version };
}

export function versionNotFound(): AppError {
  return new AppError("not_found", "There is no such version of the model, or it is not kept any more.", {
    reason: "model_version_not_found",
  });
}
