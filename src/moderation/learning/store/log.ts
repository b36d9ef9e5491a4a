import { type Database, statement, type Tx } from "../../../db/database.ts";
import { TEACHING_REASONS } from "../lessons.ts";

/** A stretch of the decision log that does not count: after one decision's id, up to and with another's. */
export type Stretch = { after: string | null; until: string };

/** Which part of the log counts. */
export type LogWindow = {
  /** The first decision that does; null: there is no first. */
  since: string | null;
  exclusions: readonly Stretch[];
};

/** A decision that teaches, with the text it was about. */
export type LogRow = {
  comment_id: string;
  decision_id: string;
  comment_revision: number;
  action: string;
  reason: string | null;
  moderator: string;
  author_id: string;
  decided_at: Date;
  body: string;
  name: string;
  website: string | null;
};

const NO_ID = "00000000-0000-0000-0000-000000000000";

const counts = (decision: string) =>
  `not exists (select from unnest($2::uuid[], $3::uuid[]) as e(after, until)
     where ${decision}.id > e.after and ${decision}.id <= e.until)`;
const stands = (decision: string) =>
  `${decision}.actor_kind = 'moderator' and ${decision}.action <> 'undo' and ${counts(decision)} and not exists (
     select from decisions u where u.comment_id = ${decision}.comment_id and u.undoes = ${decision}.id and ${counts("u")})`;

// As `effectiveDecisions` sees a log: what was taken back does not count, and of the rest only the last of each comment.
const EFFECTIVE = `${stands("d")} and d.id >= $1::uuid
   and not exists (
     select from decisions l where l.comment_id = d.comment_id and l.comment_version > d.comment_version and ${stands("l")})
   and (d.action in ('publish', 'spam') or (d.action = 'reject' and d.reason = any($4::text[])))`;

const TEXT = "case when c.revision = d.comment_revision then c.body else r.body end";
const ROWS = `select d.comment_id, d.id as decision_id, d.comment_revision, d.action, d.reason,
    coalesce(d.actor_id::text, d.actor) as moderator, c.author_id, d.created_at as decided_at, ${TEXT} as body, c.name, c.website
  from decisions d join comments c on c.id = d.comment_id
  left join comment_revisions r on r.comment_id = d.comment_id and r.revision = d.comment_revision
  where ${EFFECTIVE} and ${TEXT} <> ''`;

const OF_COMMENTS = statement<LogRow>(
  "learning.log-of-comments",
  `${ROWS} and d.comment_id = any($5::uuid[]) order by d.id`,
);

/** What these comments teach by the log, in the order of learning. A comment without text any more teaches nothing. */
export async function findTeachingOf(tx: Tx, window: LogWindow, commentIds: string[]): Promise<LogRow[]> {
  return tx.run(OF_COMMENTS, [...toValues(window), commentIds]);
}

const OF_SITE = statement<LogRow>(
  "learning.log-of-site",
  `${ROWS} and d.site_id = $5 and d.id > $6::uuid order by d.id limit $7`,
);

/** The next decisions of a site that teach, after one. */
export async function findTeachingAfter(
  tx: Tx,
  window: LogWindow,
  page: { siteId: number; after: string | null; limit: number },
): Promise<LogRow[]> {
  return tx.run(OF_SITE, [...toValues(window), page.siteId, page.after ?? NO_ID, page.limit]);
}

const NTH_NEWEST = statement<{ id: string }>(
  "learning.nth-newest",
  `select d.id from decisions d where ${EFFECTIVE} and d.site_id = $5 order by d.id desc offset $6 limit 1`,
);

/** The nth newest decision of a site that teaches, counted from 1; undefined when there are fewer. */
export async function findNthNewest(
  tx: Tx,
  window: LogWindow,
  { siteId, n }: { siteId: number; n: number },
): Promise<string | undefined> {
  return (await tx.run(NTH_NEWEST, [...toValues(window), siteId, n - 1]))[0]?.id;
}

function toValues({ since, exclusions }: LogWindow): unknown[] {
  return [
    since ?? NO_ID,
    exclusions.map(({ after }) => after ?? NO_ID),
    exclusions.map(({ until }) => until),
    TEACHING_REASONS,
  ];
}

const SITES_OF = statement<{ comment_id: string; site_id: number }>(
  "learning.sites-of",
  `select id as comment_id, site_id from comments where id = any($1::uuid[])
   union select comment_id, site_id from model_examples where comment_id = any($1::uuid[])`,
);

/** The site of each comment, also of those that are gone but were learned from. */
export async function findSitesOf(db: Database, commentIds: string[]): Promise<Map<string, number>> {
  const rows = await db.run(SITES_OF, [commentIds]);
  return new Map(rows.map((row) => [row.comment_id, row.site_id]));
}
