import type { Principal } from "../../../accounts/principal.ts";
import type { Context } from "../../../context.ts";
import type { Tx } from "../../../db/database.ts";
import { AppError } from "../../../errors.ts";
import { newId } from "../../../ids.ts";
import { owe } from "../../../queue/outbox.ts";
import {
  type ActRow,
  type CampaignState,
  findActs,
  insertAct,
  lockCampaign,
  setCampaignState,
} from "../store/campaign-acts.ts";
import { type CampaignRow, findCampaign } from "../store/campaigns.ts";
import { confinement } from "../view.ts";
import { carryOutAct } from "./carry-out.ts";
import { type CampaignAct, campaignNotFound, type CampaignSummary, toAct, toCampaign } from "./present.ts";

export type LockedCampaign = Omit<CampaignRow, "site_key">;

/** What an act makes of a campaign. */
export type Plan = {
  act: Pick<ActRow, "kind" | "action" | "reason" | "note" | "include_published" | "until" | "undoes">;
  state: Pick<CampaignState, "status" | "followAction" | "followUntil" | "hosts"> & {
    /** The decision in force after it: this one, the one of before, or none. */
    inForce: "this" | "kept" | "none";
  };
};

export type ActInput = { id: string; version: number; requestId: string | null };

export type ActResult = {
  /** `repeated`: the same act was already there, of the same token; nothing is done twice. */
  outcome: "done" | "repeated";
  campaign: CampaignSummary;
  act: CampaignAct;
};

/** An act that changes comments sees to the first hundred at once; a job sees to the rest. */
const BATCHES_AT_ONCE = 1;

/**
 * The one path of every act: what a moderator has not seen is not overwritten, and whatever is to happen to the campaign's
 * comments is owed with the act itself, so that nothing is lost with whoever carries it out.
 * @throws AppError `forbidden`, `not_found`, `conflict` (`campaign_changed`, with what happened in `details.conflict`;
 * `campaign_merged`; and what `plan` throws)
 */
export async function actOnCampaign(
  ctx: Context,
  principal: Principal,
  input: ActInput,
  plan: (tx: Tx, campaign: LockedCampaign, at: Date) => Promise<Plan>,
  isSame: (act: ActRow) => boolean,
): Promise<ActResult> {
  const siteId = confinement(principal, "comments:moderate");
  const { act, outcome } = await ctx.db.transaction(async (tx) => {
    const campaign = await lockCampaign(tx, siteId, input.id);
    if (!campaign) throw campaignNotFound();
    const since = await findSince(tx, campaign, input.version);
    const next = since.at(-1);
    if (next && next.actor_id === principal.tokenId && isSame(next)) {
      return { act: next, outcome: "repeated" as const };
    }
    if (campaign.version !== input.version) throw changedMeanwhile(campaign, since[0]);
    if (campaign.status === "merged") throw merged(campaign);
    const act = await record(ctx, tx, { principal, campaign, input, plan });
    return { act, outcome: "done" as const };
  });
  if (outcome === "done" && act.kind !== "close") await begin(ctx, act);
  return present(ctx, { siteId, id: input.id, act, outcome });
}

/** The acts after a version, the latest first. */
async function findSince(tx: Tx, campaign: LockedCampaign, version: number): Promise<ActRow[]> {
  const behind = campaign.version - version;
  if (behind <= 0) return [];
  const acts = await findActs(tx, campaign.id, Math.min(behind, 50));
  return acts.filter((act) => act.campaign_version > version);
}

type Recording = {
  principal: Principal;
  campaign: LockedCampaign;
  input: ActInput;
  plan: (tx: Tx, campaign: LockedCampaign, at: Date) => Promise<Plan>;
};

async function record(
  ctx: Context,
  tx: Tx,
  { principal, campaign, input, plan }: Recording,
): Promise<ActRow> {
  const at = ctx.clock.now();
  const planned = await plan(tx, campaign, at);
  const needsWork = planned.act.kind !== "close";
  const act = await insertAct(tx, {
    ...planned.act,
    id: newId(at.getTime()),
    site_id: campaign.site_id,
    campaign_id: campaign.id,
    actor: principal.name,
    actor_id: principal.tokenId,
    campaign_version: campaign.version + 1,
    created_at: at,
    finished_at: needsWork ? null : at,
  });
  const { inForce, ...state } = planned.state;
  const actId = { this: act.id, kept: campaign.act_id, none: null }[inForce];
  await setCampaignState(tx, { ...state, id: campaign.id, version: act.campaign_version, actId });
  if (needsWork) {
    await owe(tx, "campaign.decide", act.id, input.requestId, at);
    tx.onCommit(() => ctx.dispatch("campaign.decide", [act.id], input.requestId ?? undefined));
  }
  return act;
}

/** What it does not come to, the job does: the act itself stands. */
async function begin(ctx: Context, act: ActRow): Promise<void> {
  try {
    await carryOutAct(ctx, act.id, { batchesMax: BATCHES_AT_ONCE });
  } catch (error) {
    ctx.log.warn({ err: error, actId: act.id }, "an act upon a campaign goes on in the background");
  }
}

type Presented = { siteId: number | null; id: string; act: ActRow; outcome: ActResult["outcome"] };

async function present(ctx: Context, { siteId, id, act, outcome }: Presented): Promise<ActResult> {
  const row = await findCampaign(ctx.db, siteId, id);
  if (!row) throw campaignNotFound();
  const latest = (await findActs(ctx.db, id, 50)).find((one) => one.id === act.id) ?? act;
  return { outcome, campaign: toCampaign(row, ctx.clock.now()), act: toAct(latest) };
}

function changedMeanwhile(campaign: LockedCampaign, latest: ActRow | undefined): AppError {
  const did = latest ? `${DONE[latest.kind]} by ${latest.actor}` : "changed";
  const conflict = {
    version: campaign.version,
    status: campaign.status,
    by: latest ? { kind: "moderator", name: latest.actor } : null,
    kind: latest?.kind ?? null,
    action: latest?.action ?? null,
    reason: latest?.reason ?? null,
    at: latest?.created_at ?? null,
  };
  return new AppError("conflict", `The campaign has changed: ${did} in the meantime.`, {
    reason: "campaign_changed",
    details: { conflict },
  });
}

const DONE = { decide: "decided", undo: "put back", close: "closed" } as const;

function merged(campaign: LockedCampaign): AppError {
  return new AppError("conflict", "This campaign is part of another one now.", {
    reason: "campaign_merged",
    details: { mergedInto: campaign.merged_into },
  });
}
