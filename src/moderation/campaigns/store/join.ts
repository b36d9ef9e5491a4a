import type { DecisionAction } from "../../../comments/status.ts";
import { type Database, statement, type Tx } from "../../../db/database.ts";
import type { Member } from "../assign.ts";

type CampaignStatus = "open" | "decided" | "closed" | "merged";

/** The first half of PostgreSQL's two-number advisory locks; the second is the site. */
const LOCK_CLASS = 0x63616d70;

const LOCK_SITES = statement(
  "campaigns.lock-sites",
  `select pg_advisory_xact_lock(${LOCK_CLASS}, id) from unnest($1::int[]) as s(id)`,
);

/** One transaction at a time decides what belongs together on a site; nothing else waits for it. Ids in order. */
export async function lockSites(tx: Tx, siteIds: number[]): Promise<void> {
  await tx.run(LOCK_SITES, [siteIds.toSorted((a, b) => a - b)]);
}

export type MembershipRow = {
  comment_id: string;
  campaign_id: string;
  status: CampaignStatus;
  version: number;
};

const FIND_MEMBERSHIPS = statement<MembershipRow>(
  "campaigns.memberships",
  `select m.comment_id, m.campaign_id, c.status, c.version from campaign_members m join campaigns c on c.id = m.campaign_id
   where m.comment_id = any($1::uuid[])`,
);

export async function findMemberships(db: Database | Tx, commentIds: string[]): Promise<MembershipRow[]> {
  return db.run(FIND_MEMBERSHIPS, [commentIds]);
}

const MERGE = statement(
  "campaigns.merge",
  `with moved as (
     update campaign_members m set campaign_id = i.into_id
     from unnest($1::uuid[], $2::uuid[]) as i(from_id, into_id) where m.campaign_id = i.from_id
   )
   update campaigns c set status = 'merged', version = c.version + 1, merged_into = i.into_id
   from unnest($1::uuid[], $2::uuid[]) as i(from_id, into_id) where c.id = i.from_id`,
);

export async function mergeCampaigns(tx: Tx, merges: { from: string; into: string }[]): Promise<void> {
  await tx.run(MERGE, [merges.map(({ from }) => from), merges.map(({ into }) => into)]);
}

const OPEN = statement(
  "campaigns.open",
  `insert into campaigns (id, site_id, first_seen_at, last_seen_at, heat)
   select id, site_id, first_seen_at, $4, '-infinity' from unnest($1::uuid[], $2::int[], $3::timestamptz[]) as i(id, site_id, first_seen_at)
   on conflict (id) do nothing`,
);

export async function openCampaigns(
  tx: Tx,
  campaigns: { id: string; siteId: number; firstSeenAt: Date }[],
  at: Date,
): Promise<void> {
  await tx.run(OPEN, [
    campaigns.map(({ id }) => id),
    campaigns.map(({ siteId }) => siteId),
    campaigns.map(({ firstSeenAt }) => firstSeenAt),
    at,
  ]);
}

/** Half-life of a comment's weight in a campaign's heat. */
const HALF_LIFE_SECONDS = 6 * 3_600;

// Members and their authors are counted as they come: counting a large campaign anew for each would cost more and more. Nor are all
// members read to look for a few (`offset 0`).
const JOIN = statement(
  "campaigns.join",
  `with joined as (
     insert into campaign_members (comment_id, campaign_id, author_id, thread_id)
     select * from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[])
     on conflict (comment_id) do nothing
     returning campaign_id, author_id, thread_id
   ), known as (
     select j.*,
       exists (select from campaign_members m where m.campaign_id = j.campaign_id and m.author_id = j.author_id offset 0) as knows_author,
       exists (select from campaign_members m where m.campaign_id = j.campaign_id and m.thread_id = j.thread_id offset 0) as knows_thread
     from joined j
   ), sums as (
     select campaign_id, count(*)::int as comments,
       (count(distinct author_id) filter (where not knows_author))::int as authors,
       (count(distinct thread_id) filter (where not knows_thread))::int as threads,
       extract(epoch from $5::timestamptz)::float8 / ${HALF_LIFE_SECONDS} + log(2, count(*))::float8 as heat
     from known group by campaign_id
   )
   update campaigns c set comments = c.comments + s.comments, authors = c.authors + s.authors, threads = c.threads + s.threads,
     last_seen_at = greatest(c.last_seen_at, $5),
     status = case when c.status = 'decided' and coalesce(c.follow_until, $5) <= $5 then 'open' else c.status end,
     heat = greatest(c.heat, s.heat) + ln(1 + power(2::float8, -least(abs(c.heat - s.heat), 1000))) / ln(2::float8)
   from sums s where c.id = s.campaign_id`,
);

/**
 * Adds members; one that is in a campaign already stays where it is. A campaign whose decision has come to its end is open
 * again: there is something new to decide.
 */
export async function addMembers(
  tx: Tx,
  joins: (Member & { campaignId: string })[],
  at: Date,
): Promise<void> {
  await tx.run(JOIN, [
    joins.map(({ commentId }) => commentId),
    joins.map(({ campaignId }) => campaignId),
    joins.map(({ authorId }) => authorId),
    joins.map(({ threadId }) => threadId),
    at,
  ]);
}

const LOCK_CAMPAIGNS = statement(
  "campaigns.lock-several",
  "select from campaigns where id = any($1::uuid[]) order by id for update",
);

/** While they are counted anew nothing joins them. */
export async function lockCampaigns(tx: Tx, ids: string[]): Promise<void> {
  await tx.run(LOCK_CAMPAIGNS, [ids]);
}

const LEAVE = statement("campaigns.leave", "delete from campaign_members where comment_id = any($1::uuid[])");

export async function removeMembers(tx: Tx, commentIds: string[]): Promise<void> {
  await tx.run(LEAVE, [commentIds]);
}

const RECOUNT = statement(
  "campaigns.recount",
  `update campaigns c set comments = n.comments, authors = n.authors, threads = n.threads
   from (
     select i.id, count(m.comment_id)::int as comments, count(distinct m.author_id)::int as authors,
       count(distinct m.thread_id)::int as threads
     from unnest($1::uuid[]) as i(id) left join campaign_members m on m.campaign_id = i.id group by i.id) n
   where c.id = n.id`,
);

/** After members have left or moved. */
export async function recountCampaigns(tx: Tx, ids: string[]): Promise<void> {
  await tx.run(RECOUNT, [ids]);
}

export type CampaignStateRow = {
  id: string;
  status: CampaignStatus;
  comments: number;
  authors: number;
  threads: number;
  first_seen_at: Date;
  act_id: string | null;
  follow_action: DecisionAction | null;
  follow_until: Date | null;
  hosts: string[];
};

const FIND_STATES = statement<CampaignStateRow>(
  "campaigns.states",
  `select id, status, comments, authors, threads, first_seen_at, act_id, follow_action, follow_until, hosts
   from campaigns where id = any($1::uuid[]) for share`,
);

/** Campaigns as they are now: a decision that is being recorded at this moment is waited for. */
export async function findStates(tx: Tx, ids: string[]): Promise<CampaignStateRow[]> {
  return tx.run(FIND_STATES, [ids]);
}

/** The latest members that an edited text is compared with. */
const COMPARED_MAX = 25;

const FIND_SKETCHES = statement<{ sketch: Buffer }>(
  "campaigns.sketches",
  `select f.sketch from campaign_members m join fingerprints f using (comment_id)
   where m.campaign_id = $1 and m.comment_id <> $2 and f.sketch is not null
   order by m.comment_id desc limit ${COMPARED_MAX}`,
);

export async function findSketches(tx: Tx, campaignId: string, exceptId: string): Promise<Buffer[]> {
  return (await tx.run(FIND_SKETCHES, [campaignId, exceptId])).map(({ sketch }) => sketch);
}

const FIND_PUBLISHED = statement<{ id: string; body: string }>(
  "campaigns.published",
  "select id, body from comments where id = any($1::uuid[]) and status = 'published'",
);

export async function findPublishedBodies(
  db: Database,
  ids: string[],
): Promise<{ id: string; body: string }[]> {
  return db.run(FIND_PUBLISHED, [ids]);
}
