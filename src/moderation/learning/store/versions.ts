import { type Database, statement, type Tx } from "../../../db/database.ts";
import type { VersionCause } from "../version-causes.ts";
import type { Stretch } from "./log.ts";
import { type LearningState, readExclusions } from "./state.ts";

/** The newest versions that are kept, and for how many days the last one of each day. */
const NEWEST_KEPT = 20;
const DAYS_KEPT = 30;

type VersionMembers = {
  version: number;
  basis: string;
  cause: VersionCause;
  created_by: string | null;
  restores: number | null;
  examples: number;
  up_to: string | null;
  created_at: Date;
};

const PREFIX = statement<{ version: number; up_to: string | null; layer: Buffer }>(
  "learning.prefix",
  `select version, up_to, layer from model_versions
   where site_id = $1 and basis = $2 and is_prefix and (up_to is null or up_to < $3::uuid)
   order by up_to desc nulls last, version desc limit 1`,
);

/** The version to go on from when the examples from this decision on are taken in anew. */
export async function findPrefix(
  tx: Tx,
  { siteId, basis }: LearningState,
  before: string,
): Promise<{ version: number; up_to: string | null; layer: Buffer } | undefined> {
  return (await tx.run(PREFIX, [siteId, basis, before]))[0];
}

const OUTDATE = statement(
  "learning.outdate",
  "update model_versions set is_prefix = false where site_id = $1 and is_prefix and ($2::uuid is null or up_to >= $2::uuid)",
);

/** Notes that the examples from this decision on are not what they were; null: none is. */
export async function outdateFrom(tx: Tx, siteId: number, from: string | null): Promise<void> {
  await tx.run(OUTDATE, [siteId, from]);
}

export type NewVersion = {
  cause: VersionCause;
  createdBy: string | null;
  restores: number | null;
  examples: number;
  upTo: string | null;
  layer: Uint8Array;
};

const INSERT = statement(
  "learning.insert-version",
  `insert into model_versions (site_id, version, basis, cause, created_by, restores, examples, up_to, since, exclusions, layer,
     created_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb, $11, $12)`,
);

// The last of each day for a month, and the newest in any case.
const PRUNE = statement(
  "learning.prune",
  `delete from model_versions where site_id = $1 and version <= $2::int - ${NEWEST_KEPT} and version not in (
     select max(version) from model_versions where site_id = $1 and created_at > $3::timestamptz - interval '${DAYS_KEPT} days'
     group by (created_at at time zone 'UTC')::date)`,
);

/** Keeps a version under the number in the state, and forgets those that are too old. */
export async function insertVersion(
  tx: Tx,
  { siteId, version, basis, since, exclusions }: LearningState,
  made: NewVersion,
  at: Date,
): Promise<void> {
  const { cause, createdBy, restores, examples, upTo, layer } = made;
  const window = [since, JSON.stringify(exclusions)];
  const bytes = Buffer.from(layer.buffer, layer.byteOffset, layer.length);
  await tx.run(INSERT, [
    siteId,
    version,
    basis,
    cause,
    createdBy,
    restores,
    examples,
    upTo,
    ...window,
    bytes,
    at,
  ]);
  await tx.run(PRUNE, [siteId, version, at]);
}

const EXTEND = statement(
  "learning.extend",
  "update model_versions set examples = $3, up_to = $4, is_prefix = true where site_id = $1 and version = $2",
);

/** The version also stands for further examples that changed nothing. */
export async function extendVersion(
  tx: Tx,
  { siteId, version }: LearningState,
  { examples, upTo }: Pick<NewVersion, "examples" | "upTo">,
): Promise<void> {
  await tx.run(EXTEND, [siteId, version, examples, upTo]);
}

const BASIS = statement<{ basis: string }>(
  "learning.version-basis",
  "select basis from model_versions where site_id = $1 and version = $2",
);

/** What the newest version stands on; undefined while there is none. */
export async function findBasis(tx: Tx, { siteId, version }: LearningState): Promise<string | undefined> {
  return (await tx.run(BASIS, [siteId, version]))[0]?.basis;
}

type StoredVersion = VersionMembers & { since: string | null; exclusions: unknown; layer: Buffer };

const FIND = statement<StoredVersion>(
  "learning.version",
  `select version, basis, cause, created_by, restores, examples, up_to, since, exclusions, layer, created_at
   from model_versions where site_id = $1 and version = $2`,
);

export async function findVersion(
  db: Database | Tx,
  siteId: number,
  version: number,
): Promise<(Omit<StoredVersion, "exclusions"> & { exclusions: Stretch[] }) | undefined> {
  const row = (await db.run(FIND, [siteId, version]))[0];
  return row && { ...row, exclusions: readExclusions(row.exclusions) };
}

export type VersionRow = VersionMembers & { bytes: number };

const LIST = statement<VersionRow>(
  "learning.versions",
  `select version, basis, cause, created_by, restores, examples, up_to, octet_length(layer) as bytes, created_at
   from model_versions where site_id = $1 and version < $2 order by version desc limit $3`,
);

/** Kept versions before one, the latest first. */
export async function listVersions(
  db: Database,
  siteId: number,
  page: { before: number; limit: number },
): Promise<VersionRow[]> {
  return db.run(LIST, [siteId, page.before, page.limit]);
}

const NEWEST = statement<{ site_id: number; version: number }>(
  "learning.newest",
  `select s.id as site_id, v.version from unnest($1::int[]) as s(id) cross join lateral (
     select version from model_versions where site_id = s.id and basis = $2 order by version desc limit 1) v`,
);

/** The newest version on a basis of each site that has one. */
export async function findNewest(
  db: Database,
  siteIds: number[],
  basis: string,
): Promise<Map<number, number>> {
  const rows = await db.run(NEWEST, [siteIds, basis]);
  return new Map(rows.map((row) => [row.site_id, row.version]));
}

const LAYERS = statement<{ site_id: number; layer: Buffer }>(
  "learning.layers",
  `select v.site_id, v.layer from model_versions v join unnest($1::int[], $2::int[]) as i(site_id, version)
     on v.site_id = i.site_id and v.version = i.version`,
);

/** The bytes of one version per site. */
export async function findLayers(
  db: Database,
  versions: ReadonlyMap<number, number>,
): Promise<Map<number, Buffer>> {
  const rows = await db.run(LAYERS, [[...versions.keys()], [...versions.values()]]);
  return new Map(rows.map((row) => [row.site_id, row.layer]));
}
