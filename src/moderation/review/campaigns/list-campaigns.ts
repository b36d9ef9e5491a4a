import type { Principal } from "../../../accounts/principal.ts";
import type { Context } from "../../../context.ts";
import { type CursorValue, decodeCursor, encodeCursor } from "../../../cursor.ts";
import { AppError } from "../../../errors.ts";
import { isUuid } from "../../../ids.ts";
import { readMoment } from "../schema.ts";
import { type CampaignSelection, findCampaignPage } from "../store/campaigns.ts";
import { confinement, narrowToSite } from "../view.ts";
import { type CampaignSummary, toCampaign } from "./present.ts";
import type { CampaignsQuery } from "./schema.ts";

export type CampaignsPage = { campaigns: CampaignSummary[]; next: string | null };

/**
 * A page of campaigns, first those that are large and grow now: a comment counts half after six hours.
 * @throws AppError `forbidden`, `not_found` (another's site), `invalid_input`
 */
export async function listCampaigns(
  ctx: Context,
  principal: Principal,
  query: CampaignsQuery,
): Promise<CampaignsPage> {
  const siteId = await narrowToSite(ctx, confinement(principal, "comments:read"), query.site);
  const statuses = [...new Set(query.status)].toSorted();
  const scope = `campaigns ${JSON.stringify([siteId, statuses, query.minSize, query.since])}`;
  const now = ctx.clock.now();
  const found = await findCampaignPage(ctx.db, {
    siteId,
    statuses,
    minComments: query.minSize,
    seenSince:
      query.since === undefined ? null : new Date(readMoment(query.since, now.getTime()) ?? now.getTime()),
    after:
      query.cursor === undefined ? null : readPosition(decodeCursor(ctx.keys.cursor, scope, query.cursor)),
    // One more tells whether there is a next page.
    limit: query.limit + 1,
  });
  const page = found.slice(0, query.limit);
  const last = found.length > query.limit ? page.at(-1) : undefined;
  const next = last ? encodeCursor(ctx.keys.cursor, scope, [last.heat, last.id]) : null;
  return { campaigns: page.map((row) => toCampaign(row, now)), next };
}

function readPosition([heat, id]: CursorValue[]): CampaignSelection["after"] {
  if (typeof heat === "number" && typeof id === "string" && isUuid(id)) return { heat, id };
  throw new AppError("invalid_input", "The cursor is of another version; start again without it.");
}
