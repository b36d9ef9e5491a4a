import type { Context } from "../../context.ts";
import type { Tx } from "../../db/database.ts";
import { idTimestampMs, uuidFloor } from "../../ids.ts";
import type { CampaignFacts } from "../signal.ts";
import { NEAR_SIMILARITY_MIN, similarity } from "../sketch.ts";
import type { CheckRow, FingerprintRow, RepeatRow } from "../store.ts";
import { normaliseText, skeletonOf } from "../text.ts";
import { assignCampaigns, type Candidate } from "./assign.ts";
import {
  addMembers,
  type CampaignStateRow,
  findMemberships,
  findPublishedBodies,
  findSketches,
  findStates,
  lockSites,
  type MembershipRow,
  mergeCampaigns,
  openCampaigns,
  recountCampaigns,
  removeMembers,
} from "./store/join.ts";

/** How far apart the comments that open a campaign may have come. */
const WINDOW_DAYS = 7;
const DAY_MS = 86_400_000;

type Alike = Candidate["near"][number] & Pick<RepeatRow, "distance" | "status">;
type JoiningRow = CheckRow & { near: Alike[]; sketch: Uint8Array };

/**
 * Puts comments that are being checked into the campaigns they belong to, opening and merging them as need be, and tells of
 * each what its campaign is. Costs a batch without repeats nothing. May be repeated, also by several workers at once.
 */
export async function joinCampaigns(
  ctx: Context,
  rows: readonly CheckRow[],
  prints: readonly FingerprintRow[],
  repeats: readonly RepeatRow[],
): Promise<Map<string, CampaignFacts>> {
  const joining = toJoining(rows, prints, repeats);
  if (joining.length === 0) return new Map();
  const { memberships, states } = await ctx.db.transaction((tx) => join(ctx, tx, joining));
  const facts = await Promise.all(
    joining.map(async (row): Promise<[string, CampaignFacts][]> => {
      const state = states.get(memberships.get(row.id) ?? "");
      return state ? [[row.id, await toFacts(ctx, row, state, memberships)]] : [];
    }),
  );
  return new Map(facts.flat());
}

function toJoining(
  rows: readonly CheckRow[],
  prints: readonly FingerprintRow[],
  repeats: readonly RepeatRow[],
): JoiningRow[] {
  const sketches = new Map(prints.map(({ commentId, sketch }) => [commentId, sketch]));
  const alike = Map.groupBy(repeats, (repeat) => repeat.comment_id);
  return rows.flatMap((row) => {
    const sketch = sketches.get(row.id) ?? new Uint8Array();
    const near = (alike.get(row.id) ?? []).flatMap((match) => toAlike(sketch, match));
    return near.length > 0 || row.campaign_id !== null ? [{ ...row, sketch, near }] : [];
  });
}

function toAlike(sketch: Uint8Array, match: RepeatRow): Alike[] {
  const alike = match.sketch === null ? 0 : similarity(sketch, match.sketch);
  if (alike < NEAR_SIMILARITY_MIN) return [];
  const { match_id: commentId, author_id: authorId, thread_id: threadId, distance, status } = match;
  return [{ commentId, authorId, threadId, similarity: alike, distance, status }];
}

type Joined = { memberships: Map<string, string>; states: Map<string, CampaignStateRow> };

async function join(ctx: Context, tx: Tx, rows: JoiningRow[]): Promise<Joined> {
  const at = ctx.clock.now();
  await lockSites(tx, [...new Set(rows.map((row) => row.site_id))]);
  const mentioned = new Set(rows.flatMap((row) => [row.id, ...row.near.map((one) => one.commentId)]));
  const found = await leaveEdited(tx, rows, await findMemberships(tx, [...mentioned]));
  const { joins, merges } = assignCampaigns({
    candidates: rows.map((row) => ({
      commentId: row.id,
      authorId: row.author_id,
      threadId: row.thread_id,
      near: row.near,
    })),
    memberships: new Map(found.map((one) => [one.comment_id, one.campaign_id])),
    settled: new Set(found.flatMap((one) => (isUntouched(one) ? [] : [one.campaign_id]))),
    windowFrom: uuidFloor(at.getTime() - WINDOW_DAYS * DAY_MS),
  });
  const known = new Set(found.map((one) => one.campaign_id));
  const opened = new Set(joins.map((one) => one.campaignId).filter((id) => !known.has(id)));
  if (opened.size > 0) await openCampaigns(tx, toOpened(rows, joins, opened), at);
  if (merges.length > 0) await mergeCampaigns(tx, merges);
  if (joins.length > 0) await addMembers(tx, joins, at);
  if (merges.length > 0) await recountCampaigns(tx, [...new Set(merges.map(({ into }) => into))]);
  return readJoined(tx, rows);
}

/** What a moderator once decided about keeps its comments, also when that was taken back. */
function isUntouched({ status, version }: MembershipRow): boolean {
  return status === "open" && version === 1;
}

/** What an author has rewritten is judged by its new text: unlike its campaign, it is none of it any more. */
async function leaveEdited(tx: Tx, rows: JoiningRow[], found: MembershipRow[]): Promise<MembershipRow[]> {
  const left = new Map<string, string>();
  for (const row of rows) {
    const own = row.revision > 1 ? found.find((one) => one.comment_id === row.id) : undefined;
    if (!own) continue;
    const others = await findSketches(tx, own.campaign_id, row.id);
    if (!others.some((other) => similarity(row.sketch, other) >= NEAR_SIMILARITY_MIN)) {
      left.set(row.id, own.campaign_id);
    }
  }
  if (left.size === 0) return found;
  await removeMembers(tx, [...left.keys()]);
  await recountCampaigns(tx, [...new Set(left.values())]);
  return found.filter((one) => !left.has(one.comment_id));
}

function toOpened(rows: JoiningRow[], joins: { commentId: string; campaignId: string }[], ids: Set<string>) {
  const sites = new Map(
    rows.flatMap((row) => [row.id, ...row.near.map((one) => one.commentId)].map((id) => [id, row.site_id])),
  );
  return [...ids].flatMap((id) => {
    const member = joins.find((one) => one.campaignId === id);
    const siteId = sites.get(member?.commentId ?? "");
    return siteId === undefined ? [] : [{ id, siteId, firstSeenAt: new Date(idTimestampMs(id)) }];
  });
}

async function readJoined(tx: Tx, rows: JoiningRow[]): Promise<Joined> {
  const mentioned = rows.flatMap((row) => [row.id, ...row.near.map((one) => one.commentId)]);
  const after = await findMemberships(tx, [...new Set(mentioned)]);
  const memberships = new Map(after.map((one) => [one.comment_id, one.campaign_id]));
  const ids = new Set(rows.flatMap((row) => memberships.get(row.id) ?? []));
  const states = ids.size === 0 ? [] : await findStates(tx, [...ids]);
  return { memberships, states: new Map(states.map((state) => [state.id, state])) };
}

async function toFacts(
  ctx: Context,
  row: JoiningRow,
  state: CampaignStateRow,
  memberships: ReadonlyMap<string, string>,
): Promise<CampaignFacts> {
  const nowMs = ctx.clock.nowMs();
  // Its end is the clock's to enforce, whether or not anyone has tidied up.
  const follows =
    state.status === "decided" && state.follow_until !== null && state.follow_until.getTime() > nowMs;
  const decision = follows ? (state.follow_action ?? "none") : "none";
  const members = row.near.filter((one) => memberships.get(one.commentId) === state.id);
  return {
    id: state.id,
    actId: follows ? state.act_id : null,
    size: state.comments,
    authors: state.authors,
    threads: state.threads,
    ageMs: Math.max(0, nowMs - state.first_seen_at.getTime()),
    similarity: Math.max(0, ...members.map((one) => one.similarity)),
    decision,
    hosts: state.hosts,
    isSameAsPublished: decision === "publish" && (await isSameAsPublished(ctx, row, members)),
  };
}

/** Word for word, numbers and links too: nobody has seen what differs. */
async function isSameAsPublished(ctx: Context, row: JoiningRow, members: Alike[]): Promise<boolean> {
  const ids = members.filter((one) => one.distance === 0 && one.status === "published");
  if (ids.length === 0) return false;
  const bodies = await findPublishedBodies(
    ctx.db,
    ids.map((one) => one.commentId),
  );
  const own = skeletonOf(normaliseText(row.body));
  return bodies.some(({ body }) => skeletonOf(normaliseText(body)) === own);
}
