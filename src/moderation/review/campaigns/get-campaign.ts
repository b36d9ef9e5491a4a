import type { Principal } from "../../../accounts/principal.ts";
import type { Context } from "../../../context.ts";
import { decodeCursor, encodeCursor } from "../../../cursor.ts";
import { AppError } from "../../../errors.ts";
import { isUuid } from "../../../ids.ts";
import { withWholeRecords } from "../../load-frames.ts";
import { type ReviewSummary, toListed } from "../present.ts";
import { findActs } from "../store/campaign-acts.ts";
import {
  type CampaignAuthorRow,
  type CampaignThreadRow,
  countHours,
  countMemberStatuses,
  findCampaign,
  findCampaignAuthors,
  findCampaignThreads,
  findMemberIds,
} from "../store/campaigns.ts";
import { findSummaryRows } from "../store/summaries.ts";
import { confinement } from "../view.ts";
import { collectHosts } from "./collect-hosts.ts";
import { type CampaignAct, campaignNotFound, type CampaignSummary, toAct, toCampaign } from "./present.ts";
import type { CampaignQuery } from "./schema.ts";

export type CampaignDetail = CampaignSummary & {
  /** Its comments by status; at most the latest 10,000. */
  statuses: Record<string, number>;
  /** What its latest comments link to. */
  hosts: string[];
  /** Who wrote most of it, and where. */
  topAuthors: CampaignAuthorRow[];
  topThreads: CampaignThreadRow[];
  /** Comments by hour, the latest first; hours without any are left out. */
  timeline: { hour: Date; comments: number }[];
  /** What moderators did with it, in order; at most the latest 50. */
  acts: CampaignAct[];
  /** A page of its comments, the latest first. */
  members: { comments: ReviewSummary[]; next: string | null };
};

const TOP_MAX = 20;
const HOURS_MAX = 72;
const ACTS_MAX = 50;

/** A campaign with its comments. @throws AppError `forbidden`, `not_found` (also for another site's), `invalid_input` (the cursor) */
export async function getCampaign(
  ctx: Context,
  principal: Principal,
  { id, limit, cursor }: CampaignQuery & { id: string },
): Promise<CampaignDetail> {
  const siteId = confinement(principal, "comments:read");
  const row = await findCampaign(ctx.db, siteId, id);
  if (!row) throw campaignNotFound();
  const scope = `campaign ${id}`;
  const before = cursor === undefined ? null : readPosition(ctx, scope, cursor);
  const [statuses, hosts, topAuthors, topThreads, timeline, acts, found] = await Promise.all([
    countMemberStatuses(ctx.db, id),
    collectHosts(ctx.db, id),
    findCampaignAuthors(ctx.db, id, TOP_MAX),
    findCampaignThreads(ctx.db, id, TOP_MAX),
    countHours(ctx.db, id, HOURS_MAX),
    findActs(ctx.db, id, ACTS_MAX),
    findMemberIds(ctx.db, id, before, limit + 1),
  ]);
  const ids = found.slice(0, limit);
  const last = found.length > limit ? ids.at(-1) : undefined;
  const rows = await withWholeRecords(ctx, await findSummaryRows(ctx.db, siteId, ids));
  return {
    ...toCampaign(row, ctx.clock.now()),
    statuses: Object.fromEntries(statuses.map(({ status, count }) => [status, count])),
    hosts,
    topAuthors,
    topThreads,
    timeline,
    acts: acts.map(toAct).toReversed(),
    members: {
      comments: rows.map(toListed),
      next: last === undefined ? null : encodeCursor(ctx.keys.cursor, scope, [last]),
    },
  };
}

function readPosition(ctx: Context, scope: string, cursor: string): string {
  const [id] = decodeCursor(ctx.keys.cursor, scope, cursor);
  if (typeof id === "string" && isUuid(id)) return id;
  throw new AppError("invalid_input", "The cursor is of another version; start again without it.");
}
