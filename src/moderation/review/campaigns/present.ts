import type { DecisionAction } from "../../../comments/status.ts";
import { AppError } from "../../../errors.ts";
import { type Actor, excerpt } from "../present.ts";
import type { ActKind, ActRow } from "../store/campaign-acts.ts";
import type { CampaignStatus, ListedCampaignRow } from "../store/campaigns.ts";

/** Nearly the same text from several people, as moderators see it. */
export type CampaignSummary = {
  id: string;
  site: string;
  status: CampaignStatus;
  /** To be sent back with a decision; comments that join do not change it. */
  version: number;
  comments: number;
  authors: number;
  threads: number;
  firstSeenAt: Date;
  lastSeenAt: Date;
  /** What comments that join now become; null when none follows, or no longer. */
  following: { action: DecisionAction; until: Date } | null;
  /** The earliest of its comments that is still there. */
  sample: { id: string; name: string; text: string } | null;
  /** The campaign that its comments went to. */
  mergedInto: string | null;
};

/** What a moderator did with a campaign. */
export type CampaignAct = {
  id: string;
  kind: ActKind;
  action: DecisionAction | null;
  reason: string | null;
  note: string | null;
  includePublished: boolean;
  until: Date | null;
  by: Actor;
  at: Date;
  /** The campaign's version after it. */
  version: number;
  /** Comments it has changed so far. */
  changed: number;
  /** Null while it is being carried out. */
  finishedAt: Date | null;
  /** The act that this one took back. */
  undoes: string | null;
};

export function toCampaign(row: ListedCampaignRow, now: Date): CampaignSummary {
  return {
    id: row.id,
    site: row.site_key,
    status: row.status,
    version: row.version,
    comments: row.comments,
    authors: row.authors,
    threads: row.threads,
    firstSeenAt: row.first_seen_at,
    lastSeenAt: row.last_seen_at,
    following: toFollowing(row, now),
    sample:
      row.sample_id === null
        ? null
        : { id: row.sample_id, name: row.sample_name ?? "", text: excerpt(row.sample_body ?? "") },
    mergedInto: row.merged_into,
  };
}

function toFollowing(row: ListedCampaignRow, now: Date): CampaignSummary["following"] {
  const { status, follow_action: action, follow_until: until } = row;
  if (status !== "decided" || action === null || until === null || until <= now) return null;
  return { action, until };
}

export function toAct(row: ActRow): CampaignAct {
  return {
    id: row.id,
    kind: row.kind,
    action: row.action,
    reason: row.reason,
    note: row.note,
    includePublished: row.include_published,
    until: row.until,
    by: { kind: "moderator", name: row.actor },
    at: row.created_at,
    version: row.campaign_version,
    changed: row.changed,
    finishedAt: row.finished_at,
    undoes: row.undoes,
  };
}

export function campaignNotFound(): AppError {
  return new AppError("not_found", "There is no such campaign.", { reason: "campaign_not_found" });
}
