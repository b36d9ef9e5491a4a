import type { Principal } from "../../accounts/principal.ts";
import type { CommentStatus } from "../../comments/status.ts";
import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { bytesToUuid } from "../../ids.ts";
import type { RuleTrace } from "../decide.ts";
import type { Explanation } from "../explain.ts";
import { withWholeRecords } from "../load-frames.ts";
import type { Evidence } from "../signal.ts";
import { type AuthorHistory, toAuthorHistory } from "./get-author.ts";
import { type LoggedDecision, toLoggedDecisions } from "./log-entry.ts";
import { unpackEvidence, unpackTrace } from "../record.ts";
import { emailFor, excerpt, explainPolicy, type ReviewSummary, toSummary } from "./present.ts";
import { type CampaignSummary, toCampaign } from "./campaigns/present.ts";
import { findCampaignOf } from "./store/campaigns.ts";
import {
  findAncestors,
  findAround,
  findNearRepeats,
  findRevisions,
  type NearRepeatRow,
  type NeighbourRow,
} from "./store/context.ts";
import { findDecisionLog } from "./store/decisions.ts";
import { findSummaryRows, type SummaryRow } from "./store/summaries.ts";
import { confinement } from "./view.ts";

export type ReviewDetail = Omit<ReviewSummary, "author" | "thread" | "explanation"> & {
  /** Earlier texts, the latest first. */
  revisions: { revision: number; body: string; replacedAt: Date }[];
  author: AuthorHistory & { email?: string | null };
  thread: ReviewSummary["thread"] & {
    closedAt: Date | null;
    publishedCount: number;
    /** What it replies to, the topmost first, at most {@link ANCESTORS_MAX}. */
    ancestors: Neighbour[];
    /** Other published replies to the same comment; null for a first comment. */
    siblings: number | null;
    /** Published comments just before and after its place, in reading order. */
    before: Neighbour[];
    after: Neighbour[];
  };
  /** What the policy made of it, the last time it was checked; null before. */
  check: PolicyCheck | null;
  /** All that was decided, in order; at most the latest 500. */
  decisions: LoggedDecision[];
  /** Other comments of the site with (nearly) the same text. */
  repeats: { count: number; comments: Repeat[] };
  /** The campaign that it belongs to, that is nearly the same text from several people; null: none. */
  campaign: CampaignSummary | null;
};

type Neighbour = {
  id: string;
  parentId: string | null;
  depth: number;
  status: CommentStatus;
  name: string;
  body: string;
  replyCount: number;
  createdAt: Date;
};

type PolicyCheck = {
  at: Date | null;
  policyVersion: number | null;
  /** The text that was checked: the spans refer to it. */
  revision: number | null;
  rule: string;
  action: string | null;
  reason: string | null;
  explanation: Explanation | null;
  /** Every fact with its value and the places in the text that it is about. */
  evidence: Evidence[] | null;
  /** Every rule with its outcome, shadow rules too. */
  trace: RuleTrace[] | null;
};

type Repeat = {
  id: string;
  status: CommentStatus;
  sameAuthor: boolean;
  sameThread: boolean;
  /** Of 64 bits; 0 is the same words. */
  distance: number;
};

const REVISIONS_MAX = 50;
const ANCESTORS_MAX = 5;
const AROUND_MAX = 3;
const REPEATS_SHOWN_MAX = 20;
const UUID_BYTES = 16;

/** Everything a moderator needs to decide one comment. @throws AppError `forbidden`, `not_found` (also for another site's) */
export async function getReview(ctx: Context, principal: Principal, id: string): Promise<ReviewDetail> {
  const siteId = confinement(principal, "comments:read");
  const [row] = await withWholeRecords(ctx, await findSummaryRows(ctx.db, siteId, [id]));
  if (!row) throw commentNotFound();
  const ancestorIds = ancestorsOf(row);
  const [revisions, history, ancestors, around, decisions, repeats, campaign] = await Promise.all([
    findRevisions(ctx.db, row.id, REVISIONS_MAX),
    toAuthorHistory(ctx, row),
    findAncestors(ctx.db, ancestorIds),
    findAround(ctx.db, { threadId: row.thread_id, path: row.path }, AROUND_MAX),
    findDecisionLog(ctx.db, row.id),
    findNearRepeats(ctx.db, row.id),
    findCampaignOf(ctx.db, row.id),
  ]);
  const { explanation: _short, ...summary } = toSummary(row);
  return {
    ...summary,
    revisions: revisions.map((one) => ({
      revision: one.revision,
      body: one.body,
      replacedAt: one.replaced_at,
    })),
    author: { ...history, ...emailFor(ctx, principal, row) },
    thread: {
      ...summary.thread,
      closedAt: row.thread_closed_at,
      publishedCount: row.thread_published_count,
      ancestors: ancestors.map(toNeighbour),
      siblings: countSiblings(row, ancestors),
      before: around.before.map(toNeighbour),
      after: around.after.map(toNeighbour),
    },
    check: toCheck(row),
    decisions: toLoggedDecisions(decisions),
    repeats: { count: repeats.length, comments: repeats.slice(0, REPEATS_SHOWN_MAX).map(toRepeat) },
    campaign: campaign ? toCampaign(campaign, ctx.clock.now()) : null,
  };
}

export function commentNotFound(): AppError {
  return new AppError("not_found", "There is no such comment.", { reason: "comment_not_found" });
}

/** A path is the ids from the root of the thread down to the comment itself. */
function ancestorsOf({ path }: SummaryRow): string[] {
  const ids: string[] = [];
  for (let at = 0; at + UUID_BYTES < path.length; at += UUID_BYTES) {
    ids.push(bytesToUuid(path.subarray(at, at + UUID_BYTES)));
  }
  return ids.slice(-ANCESTORS_MAX);
}

function countSiblings(row: SummaryRow, ancestors: NeighbourRow[]): number | null {
  const parent = ancestors.find(({ id }) => id === row.parent_id);
  return parent ? parent.reply_count - Number(row.status === "published") : null;
}

function toNeighbour(row: NeighbourRow): Neighbour {
  return {
    id: row.id,
    parentId: row.parent_id,
    depth: row.depth,
    status: row.status,
    name: row.name,
    body: excerpt(row.body),
    replyCount: row.reply_count,
    createdAt: row.created_at,
  };
}

function toCheck(row: SummaryRow): PolicyCheck | null {
  if (row.policy_rule === null) return null;
  return {
    at: row.policy_at,
    policyVersion: row.policy_version,
    revision: row.policy_revision,
    rule: row.policy_rule,
    action: row.policy_action,
    reason: row.policy_reason,
    explanation: explainPolicy(row),
    evidence: unpackEvidence(row.evidence) ?? null,
    trace: unpackTrace(row.trace) ?? null,
  };
}

function toRepeat(row: NearRepeatRow): Repeat {
  return {
    id: row.id,
    status: row.status,
    sameAuthor: row.author_is_same,
    sameThread: row.thread_is_same,
    distance: row.distance,
  };
}
