import { type Database, statement, type Tx } from "../db/database.ts";
import type { CountChange, CountTotal } from "./share-counts.ts";

export type SiteRow = {
  id: number;
  key: string;
  name: string;
  language: string | null;
  origins: string[];
  settings: unknown;
  external: unknown;
  policy_version: number;
  automation: unknown;
  /** Another with every change of the row. */
  row_version: string;
};

const FIND_SITE = statement<SiteRow>(
  "sites.find",
  "select id, key, name, language, origins, settings, external, policy_version, automation, xmin::text as row_version from sites where key = $1",
);

export async function findSiteRow(db: Database, key: string): Promise<SiteRow | undefined> {
  return (await db.run(FIND_SITE, [key]))[0];
}

const LOCK_SITE_ROW = statement<SiteRow>(
  "sites.lock-row",
  "select id, key, name, language, origins, settings, external, policy_version, automation, xmin::text as row_version from sites where key = $1 for update",
);

/** As {@link findSiteRow}, kept from changing until the transaction ends. */
export async function lockSiteRow(tx: Tx, key: string): Promise<SiteRow | undefined> {
  return (await tx.run(LOCK_SITE_ROW, [key]))[0];
}

const LIST_SITES = statement<SiteRow>(
  "sites.list",
  `select id, key, name, language, origins, settings, external, policy_version, automation, xmin::text as row_version from sites
   where key > $1 collate "C" order by key collate "C" limit $2`,
);

/** The next sites after a key, by key. */
export async function listSiteRows(db: Database, afterKey: string, limit: number): Promise<SiteRow[]> {
  return db.run(LIST_SITES, [afterKey, limit]);
}

const INSERT_SITE = statement<{ id: number }>(
  "sites.insert",
  `insert into sites (key, name, language, origins, settings, policy_version)
   values ($1, $2, $3, $4, $5, 1) on conflict (key) do nothing returning id`,
);

const INSERT_POLICY = statement(
  "policies.insert",
  `insert into policies (site_id, version, source, note, created_by, created_at) values ($1, $2, $3, $4, $5, $6)`,
);

export type NewSite = {
  key: string;
  name: string;
  language: string | null;
  origins: string[];
  settings: string;
  policySource: string;
  createdBy: string;
  at: Date;
};

/** The new site's id; undefined when the key is taken. */
export async function insertSite(tx: Tx, site: NewSite): Promise<number | undefined> {
  const values = [site.key, site.name, site.language, site.origins, site.settings];
  const id = (await tx.run(INSERT_SITE, values))[0]?.id;
  if (id === undefined) return undefined;
  await tx.run(INSERT_POLICY, [id, 1, site.policySource, "first", site.createdBy, site.at]);
  return id;
}

const LOCK_SITE = statement<{ id: number; policy_version: number }>(
  "sites.lock",
  "select id, policy_version from sites where key = $1 for update",
);

const LATEST_POLICY = statement<{ version: number }>(
  "policies.latest",
  "select coalesce(max(version), 0)::int as version from policies where site_id = $1",
);

const ACTIVATE_POLICY = statement(
  "policies.activate",
  "update sites set policy_version = $2, updated_at = $3 where id = $1",
);

/** The site's id and the version in force, which nobody else changes until the transaction ends; undefined: no such site. */
export async function lockPolicy(
  tx: Tx,
  siteKey: string,
): Promise<{ siteId: number; inForce: number } | undefined> {
  const row = (await tx.run(LOCK_SITE, [siteKey]))[0];
  return row && { siteId: row.id, inForce: row.policy_version };
}

export type NewPolicy = { siteId: number; source: string; note: string | null; createdBy: string; at: Date };

/** Appends a version and makes it the one in force; for a site that {@link lockPolicy} holds. */
export async function appendPolicy(tx: Tx, policy: NewPolicy): Promise<number> {
  const { siteId, source, note, createdBy, at } = policy;
  const version = ((await tx.run(LATEST_POLICY, [siteId]))[0]?.version ?? 0) + 1;
  await tx.run(INSERT_POLICY, [siteId, version, source, note, createdBy, at]);
  await tx.run(ACTIVATE_POLICY, [siteId, version, at]);
  return version;
}

export type PolicyRow = {
  version: number;
  source: string;
  note: string | null;
  created_by: string;
  created_at: Date;
};

const FIND_POLICY = statement<PolicyRow>(
  "policies.find",
  "select version, source, note, created_by, created_at from policies where site_id = $1 and version = $2",
);

export async function findPolicyRow(
  db: Database,
  siteId: number,
  version: number,
): Promise<PolicyRow | undefined> {
  return (await db.run(FIND_POLICY, [siteId, version]))[0];
}

const LIST_POLICIES = statement<Omit<PolicyRow, "source">>(
  "policies.list",
  `select version, note, created_by, created_at from policies
   where site_id = $1 and version < $2 order by version desc limit $3`,
);

/** The versions before one, latest first, without their sources. */
export async function listPolicyRows(
  db: Database,
  siteId: number,
  before: number,
  limit: number,
): Promise<Omit<PolicyRow, "source">[]> {
  return db.run(LIST_POLICIES, [siteId, before, limit]);
}

const SET_AUTOMATION = statement("sites.set-automation", "update sites set automation = $2 where id = $1");

/** @param automation JSON, or null for none. */
export async function setAutomation(tx: Tx, siteId: number, automation: string | null): Promise<void> {
  await tx.run(SET_AUTOMATION, [siteId, automation]);
}

const AUTOMATED_SITES = statement<{ key: string }>(
  "sites.automated",
  "select key from sites where automation is not null and (automation->>'computedAt')::timestamptz < $1 order by id",
);

/** Keys of the sites whose thresholds were last worked out before a time. */
export async function findAutomatedSites(db: Database, before: Date): Promise<string[]> {
  return (await db.run(AUTOMATED_SITES, [before])).map(({ key }) => key);
}

const UPDATE_SITE = statement(
  "sites.update",
  "update sites set name = $2, language = $3, origins = $4, settings = $5, updated_at = $6 where id = $1",
);

export type SiteChange = {
  id: number;
  name: string;
  language: string | null;
  origins: string[];
  /** JSON. */
  settings: string;
  at: Date;
};

/** Writes a site as a whole; for a row that {@link lockSiteRow} holds. */
export async function updateSiteRow(tx: Tx, change: SiteChange): Promise<void> {
  const { id, name, language, origins, settings, at } = change;
  await tx.run(UPDATE_SITE, [id, name, language, origins, settings, at]);
}

// In the order of the keys, so that two processes cannot wait for each other. A window that is over starts anew.
const ADD_COUNTS = statement<{ key: string; points: number; expire: string }>(
  "rate-limits.add",
  `insert into rate_limits as r (key, points, expire)
   select key, points, $4::bigint + seconds * 1000 from unnest($1::text[], $2::int[], $3::int[]) as i(key, points, seconds) order by key
   on conflict (key) do update set
     points = case when r.expire <= $4::bigint then excluded.points else r.points + excluded.points end,
     expire = case when r.expire <= $4::bigint then excluded.expire else r.expire end
   returning key, points, expire`,
);

/** Adds to the counts of rate limits and gives their totals. */
export async function addCounts(db: Database, changes: CountChange[], nowMs: number): Promise<CountTotal[]> {
  const rows = await db.run(ADD_COUNTS, [
    changes.map((change) => change.key),
    changes.map((change) => change.points),
    changes.map((change) => change.windowSeconds),
    nowMs,
  ]);
  return rows.map(({ key, points, expire }) => ({ key, points, expiresInMs: Number(expire) - nowMs }));
}

const DELETE_EXPIRED_COUNTS = statement("rate-limits.expire", "delete from rate_limits where expire <= $1");

/** Deletes the counts whose windows are over. */
export async function deleteExpiredCounts(db: Database, nowMs: number): Promise<void> {
  await db.run(DELETE_EXPIRED_COUNTS, [nowMs]);
}

export type DraftRow = {
  source: string;
  note: string | null;
  based_on: number;
  revision: number;
  updated_by: string;
  updated_at: Date;
};

const DRAFT_COLUMNS = "source, note, based_on, revision, updated_by, updated_at";

const FIND_DRAFT = statement<DraftRow>(
  "drafts.find",
  `select ${DRAFT_COLUMNS} from policy_drafts where site_id = $1`,
);

export async function findDraft(db: Database, siteId: number): Promise<DraftRow | undefined> {
  return (await db.run(FIND_DRAFT, [siteId]))[0];
}

type DraftChange = {
  siteId: number;
  source: string;
  note: string | null;
  basedOn: number | null;
  updatedBy: string;
  at: Date;
};

const INSERT_DRAFT = statement<DraftRow>(
  "drafts.insert",
  `insert into policy_drafts (site_id, source, note, based_on, updated_by, updated_at) values ($1, $2, $3, $4, $5, $6)
   on conflict (site_id) do nothing returning ${DRAFT_COLUMNS}`,
);

/** Undefined when there is a draft already. */
export async function insertDraft(
  db: Database,
  draft: DraftChange & { basedOn: number },
): Promise<DraftRow | undefined> {
  const { siteId, source, note, basedOn, updatedBy, at } = draft;
  return (await db.run(INSERT_DRAFT, [siteId, source, note, basedOn, updatedBy, at]))[0];
}

const UPDATE_DRAFT = statement<DraftRow>(
  "drafts.update",
  `update policy_drafts set source = $2, note = $3, based_on = coalesce($4::int, based_on), updated_by = $5, updated_at = $6,
     revision = revision + 1
   where site_id = $1 and revision = $7 returning ${DRAFT_COLUMNS}`,
);

/** Undefined unless the draft still has that revision. */
export async function updateDraft(
  db: Database,
  draft: DraftChange & { revision: number },
): Promise<DraftRow | undefined> {
  const { siteId, source, note, basedOn, updatedBy, at, revision } = draft;
  return (await db.run(UPDATE_DRAFT, [siteId, source, note, basedOn, updatedBy, at, revision]))[0];
}

const DELETE_DRAFT = statement<{ site_id: number }>(
  "drafts.delete",
  "delete from policy_drafts where site_id = $1 and ($2::int is null or revision = $2) returning site_id",
);

/** Whether it was there, with that revision unless null. */
export async function deleteDraft(
  db: Database | Tx,
  siteId: number,
  revision: number | null,
): Promise<boolean> {
  return (await db.run(DELETE_DRAFT, [siteId, revision])).length > 0;
}

const SET_EXTERNAL = statement(
  "sites.set-external",
  "update sites set external = $2, updated_at = $3 where id = $1",
);

/** Writes what a site asks of others, as JSON; for a row that {@link lockSiteRow} holds. */
export async function setExternal(tx: Tx, siteId: number, external: string, at: Date): Promise<void> {
  await tx.run(SET_EXTERNAL, [siteId, external, at]);
}
