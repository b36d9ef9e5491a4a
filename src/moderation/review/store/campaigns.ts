import type { CommentStatus, DecisionAction } from "../../../comments/status.ts";
import { type Database, statement, type Tx } from "../../../db/database.ts";

export const CAMPAIGN_STATUSES = ["open", "decided", "closed", "merged"] as const;
export type CampaignStatus = (typeof CAMPAIGN_STATUSES)[number];

export type CampaignRow = {
  id: string;
  site_id: number;
  site_key: string;
  status: CampaignStatus;
  version: number;
  comments: number;
  authors: number;
  threads: number;
  first_seen_at: Date;
  last_seen_at: Date;
  heat: number;
  act_id: string | null;
  follow_action: DecisionAction | null;
  follow_until: Date | null;
  hosts: string[];
  merged_into: string | null;
};

/** With the earliest comment that is still there for a sample. */
export type ListedCampaignRow = CampaignRow & {
  sample_id: string | null;
  sample_name: string | null;
  sample_body: string | null;
};

const LISTED = `c.id, c.site_id, s.key as site_key, c.status, c.version, c.comments, c.authors, c.threads, c.first_seen_at,
  c.last_seen_at, c.heat, c.act_id, c.follow_action, c.follow_until, c.hosts, c.merged_into, p.id as sample_id,
  p.name as sample_name, p.body as sample_body`;
const SAMPLE = `left join lateral (
    select o.id, o.name, o.body from campaign_members m join comments o on o.id = m.comment_id and o.status <> 'removed'
    where m.campaign_id = c.id order by m.comment_id limit 1) p on true`;

export type CampaignSelection = {
  siteId: number | null;
  statuses: CampaignStatus[];
  minComments: number;
  seenSince: Date | null;
  after: { heat: number; id: string } | null;
  limit: number;
};

const listStatement = (name: string, place: string) =>
  statement<ListedCampaignRow>(
    name,
    `select ${LISTED} from (
       select * from campaigns c where ${place} c.status = any($2::text[]) and c.comments >= $3
         and ($4::timestamptz is null or c.last_seen_at >= $4)
         and ($5::float8 is null or (c.heat, c.id) < ($5, $6::uuid))
       order by c.heat desc, c.id desc limit $7) c
     join sites s on s.id = c.site_id ${SAMPLE} order by c.heat desc, c.id desc`,
  );
const LIST_OF_SITE = listStatement("campaigns.list", "c.site_id = $1 and");
const LIST_ALL = listStatement("campaigns.list-all", "$1::int is null and");

/** The hottest first. */
export async function findCampaignPage(
  db: Database,
  { siteId, statuses, minComments, seenSince, after, limit }: CampaignSelection,
): Promise<ListedCampaignRow[]> {
  const values = [siteId, statuses, minComments, seenSince, after?.heat ?? null, after?.id ?? null, limit];
  return db.run(siteId === null ? LIST_ALL : LIST_OF_SITE, values);
}

const FIND = statement<ListedCampaignRow>(
  "campaigns.find",
  `select ${LISTED} from campaigns c join sites s on s.id = c.site_id ${SAMPLE}
   where c.id = $2 and ($1::int is null or c.site_id = $1)`,
);

export async function findCampaign(
  db: Database | Tx,
  siteId: number | null,
  id: string,
): Promise<ListedCampaignRow | undefined> {
  return (await db.run(FIND, [siteId, id]))[0];
}

const FIND_OF_COMMENT = statement<ListedCampaignRow>(
  "campaigns.of-comment",
  `select ${LISTED} from campaign_members n join campaigns c on c.id = n.campaign_id join sites s on s.id = c.site_id ${SAMPLE}
   where n.comment_id = $1`,
);

export async function findCampaignOf(
  db: Database,
  commentId: string,
): Promise<ListedCampaignRow | undefined> {
  return (await db.run(FIND_OF_COMMENT, [commentId]))[0];
}

/** Comments of a campaign that are counted and looked through: the latest. */
const LOOKED_AT_MAX = 10_000;

const COUNT_STATUSES = statement<{ status: CommentStatus; count: number }>(
  "campaigns.statuses",
  `select c.status, count(*)::int as count from (
     select comment_id from campaign_members where campaign_id = $1 order by comment_id desc limit ${LOOKED_AT_MAX}) m
   join comments c on c.id = m.comment_id group by c.status order by c.status`,
);

export async function countMemberStatuses(
  db: Database,
  campaignId: string,
): Promise<{ status: CommentStatus; count: number }[]> {
  return db.run(COUNT_STATUSES, [campaignId]);
}

export type CampaignAuthorRow = { id: string; name: string; status: string; comments: number };

const FIND_AUTHORS = statement<CampaignAuthorRow>(
  "campaigns.authors",
  `select a.id, a.name, a.status, m.comments from (
     select author_id, count(*)::int as comments from campaign_members where campaign_id = $1
     group by author_id order by comments desc, author_id limit $2) m
   join authors a on a.id = m.author_id order by m.comments desc, a.id`,
);

/** Who wrote most of it. */
export async function findCampaignAuthors(
  db: Database,
  campaignId: string,
  limit: number,
): Promise<CampaignAuthorRow[]> {
  return db.run(FIND_AUTHORS, [campaignId, limit]);
}

export type CampaignThreadRow = {
  id: string;
  key: string;
  url: string;
  title: string | null;
  comments: number;
};

const FIND_THREADS = statement<CampaignThreadRow>(
  "campaigns.threads",
  `select t.id, t.key, t.url, t.title, m.comments from (
     select thread_id, count(*)::int as comments from campaign_members where campaign_id = $1
     group by thread_id order by comments desc, thread_id limit $2) m
   join threads t on t.id = m.thread_id order by m.comments desc, t.id`,
);

/** Where most of it stands. */
export async function findCampaignThreads(
  db: Database,
  campaignId: string,
  limit: number,
): Promise<CampaignThreadRow[]> {
  return db.run(FIND_THREADS, [campaignId, limit]);
}

const COUNT_HOURS = statement<{ hour: Date; comments: number }>(
  "campaigns.hours",
  `select date_trunc('hour', c.created_at) as hour, count(*)::int as comments from (
     select comment_id from campaign_members where campaign_id = $1 order by comment_id desc limit ${LOOKED_AT_MAX}) m
   join comments c on c.id = m.comment_id group by 1 order by 1 desc limit $2`,
);

/** Comments by hour, the latest first; hours without any are left out. */
export async function countHours(
  db: Database,
  campaignId: string,
  limit: number,
): Promise<{ hour: Date; comments: number }[]> {
  return db.run(COUNT_HOURS, [campaignId, limit]);
}

const FIND_MEMBERS = statement<{ comment_id: string }>(
  "campaigns.members",
  `select comment_id from campaign_members where campaign_id = $1 and ($2::uuid is null or comment_id < $2)
   order by comment_id desc limit $3`,
);

/** Ids of its comments, the latest first. */
export async function findMemberIds(
  db: Database,
  campaignId: string,
  before: string | null,
  limit: number,
): Promise<string[]> {
  return (await db.run(FIND_MEMBERS, [campaignId, before, limit])).map((row) => row.comment_id);
}

const FIND_TEXTS = statement<{ body: string; website: string | null }>(
  "campaigns.texts",
  `select c.body, c.website from campaign_members m join comments c on c.id = m.comment_id and c.status <> 'removed'
   where m.campaign_id = $1 order by m.comment_id desc limit $2`,
);

/** The latest texts. */
export async function findTexts(
  db: Database | Tx,
  campaignId: string,
  limit: number,
): Promise<{ body: string; website: string | null }[]> {
  return db.run(FIND_TEXTS, [campaignId, limit]);
}
