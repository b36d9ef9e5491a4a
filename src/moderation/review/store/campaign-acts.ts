import type { DecisionAction } from "../../../comments/status.ts";
import { type Database, statement, type Tx } from "../../../db/database.ts";
import type { CampaignRow } from "./campaigns.ts";

export type ActKind = "decide" | "undo" | "close";

/** What a moderator did with a campaign. */
export type ActRow = {
  id: string;
  site_id: number;
  campaign_id: string;
  kind: ActKind;
  action: DecisionAction | null;
  reason: string | null;
  note: string | null;
  include_published: boolean;
  until: Date | null;
  undoes: string | null;
  actor: string;
  actor_id: string;
  campaign_version: number;
  position: string | null;
  changed: number;
  created_at: Date;
  finished_at: Date | null;
};

const COLUMNS = `id, site_id, campaign_id, kind, action, reason, note, include_published, until, undoes, actor, actor_id,
  campaign_version, position, changed, created_at, finished_at`;

const LOCK_CAMPAIGN = statement<Omit<CampaignRow, "site_key">>(
  "campaigns.lock",
  `select id, site_id, status, version, comments, authors, threads, first_seen_at, last_seen_at, heat, act_id, follow_action,
     follow_until, hosts, merged_into
   from campaigns where id = $2 and ($1::int is null or site_id = $1) for update`,
);

export async function lockCampaign(
  tx: Tx,
  siteId: number | null,
  id: string,
): Promise<Omit<CampaignRow, "site_key"> | undefined> {
  return (await tx.run(LOCK_CAMPAIGN, [siteId, id]))[0];
}

const INSERT_ACT = statement<ActRow>(
  "campaigns.insert-act",
  `insert into campaign_acts (id, site_id, campaign_id, kind, action, reason, note, include_published, until, undoes, actor,
     actor_id, campaign_version, created_at, finished_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) returning ${COLUMNS}`,
);

export async function insertAct(tx: Tx, act: Omit<ActRow, "position" | "changed">): Promise<ActRow> {
  const [row] = await tx.run(INSERT_ACT, [
    act.id,
    act.site_id,
    act.campaign_id,
    act.kind,
    act.action,
    act.reason,
    act.note,
    act.include_published,
    act.until,
    act.undoes,
    act.actor,
    act.actor_id,
    act.campaign_version,
    act.created_at,
    act.finished_at,
  ]);
  if (!row) throw new Error(`The act ${act.id} was not written.`);
  return row;
}

const SET_STATE = statement(
  "campaigns.set-state",
  `update campaigns set status = $2, version = $3, act_id = $4, follow_action = $5, follow_until = $6, hosts = $7 where id = $1`,
);

export type CampaignState = {
  id: string;
  status: CampaignRow["status"];
  version: number;
  actId: string | null;
  followAction: DecisionAction | null;
  followUntil: Date | null;
  hosts: string[];
};

export async function setCampaignState(tx: Tx, state: CampaignState): Promise<void> {
  await tx.run(SET_STATE, [
    state.id,
    state.status,
    state.version,
    state.actId,
    state.followAction,
    state.followUntil,
    state.hosts,
  ]);
}

const FIND_ACTS = statement<ActRow>(
  "campaigns.acts",
  `select ${COLUMNS} from campaign_acts where campaign_id = $1 order by campaign_version desc limit $2`,
);

/** The latest first. */
export async function findActs(db: Database | Tx, campaignId: string, limit: number): Promise<ActRow[]> {
  return db.run(FIND_ACTS, [campaignId, limit]);
}

const LOCK_ACT = statement<ActRow>(
  "campaigns.lock-act",
  `select ${COLUMNS} from campaign_acts where id = $1 for update`,
);

/** Whoever holds it carries it on; anyone else waits and finds it further on. */
export async function lockAct(tx: Tx, id: string): Promise<ActRow | undefined> {
  return (await tx.run(LOCK_ACT, [id]))[0];
}

const ADVANCE_ACT = statement(
  "campaigns.advance-act",
  "update campaign_acts set position = $2, changed = changed + $3 where id = $1",
);

export async function advanceAct(tx: Tx, id: string, position: string, changed: number): Promise<void> {
  await tx.run(ADVANCE_ACT, [id, position, changed]);
}

const FINISH_ACT = statement(
  "campaigns.finish-act",
  "update campaign_acts set finished_at = $2 where id = $1 and finished_at is null",
);

/** Carried out, or taken back before it was. */
export async function finishAct(tx: Tx, id: string, at: Date): Promise<void> {
  await tx.run(FINISH_ACT, [id, at]);
}

const NEXT_MEMBERS = statement<{ comment_id: string; parent_id: string | null }>(
  "campaigns.next-members",
  `select m.comment_id, c.parent_id from campaign_members m join comments c on c.id = m.comment_id
   where m.campaign_id = $1 and ($2::uuid is null or m.comment_id > $2) order by m.comment_id limit $3`,
);

export async function nextMembers(
  tx: Tx,
  campaignId: string,
  after: string | null,
  limit: number,
): Promise<{ comment_id: string; parent_id: string | null }[]> {
  return tx.run(NEXT_MEMBERS, [campaignId, after, limit]);
}

const LOCK_COMMENTS = statement(
  "campaigns.lock-comments",
  "select from comments where id = any($1::uuid[]) order by id for update",
);

/** In the order in which every decision locks comments and their parents, so that none waits in a circle. */
export async function lockMembers(tx: Tx, ids: string[]): Promise<void> {
  await tx.run(LOCK_COMMENTS, [ids]);
}

const FIND_BANNED = statement<{ id: string }>(
  "campaigns.banned",
  "select id from authors where id = any($1::bigint[]) and status = 'banned'",
);

export async function findBanned(tx: Tx, authorIds: string[]): Promise<Set<string>> {
  return new Set((await tx.run(FIND_BANNED, [authorIds])).map(({ id }) => id));
}

const LOG_DECISIONS = statement(
  "campaigns.log-decisions",
  `insert into campaign_decisions (act_id, comment_id, decision_id) select $1, * from unnest($2::uuid[], $3::uuid[])`,
);

export async function logActDecisions(
  tx: Tx,
  actId: string,
  decided: { commentId: string; decisionId: string }[],
): Promise<void> {
  const columns = [decided.map(({ commentId }) => commentId), decided.map(({ decisionId }) => decisionId)];
  await tx.run(LOG_DECISIONS, [actId, ...columns]);
}

const FIND_ACT_DECISIONS = statement<{ decision_id: string }>(
  "campaigns.act-decisions",
  "select decision_id from campaign_decisions where act_id = $1 and comment_id = any($2::uuid[])",
);

/** The decisions that an act led to, about some comments. */
export async function findActDecisions(tx: Tx, actId: string, commentIds: string[]): Promise<Set<string>> {
  const rows = await tx.run(FIND_ACT_DECISIONS, [actId, commentIds]);
  return new Set(rows.map((row) => row.decision_id));
}
