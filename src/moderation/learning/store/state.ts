import { z } from "zod";
import { type Database, statement, type Tx } from "../../../db/database.ts";
import type { Stretch } from "./log.ts";

/** What a site's learning goes by, beside the decision log. */
export type LearningState = {
  siteId: number;
  /** Of the newest version; 0: none. */
  version: number;
  /** What the latest started release would have the site learn on; see `basisOf`. */
  basis: string;
  since: string | null;
  exclusions: Stretch[];
};

/** The first key of all advisory locks of learning; the second is the site. */
const LOCK_CLASS = 0x6c65_6172;

const TRY_LOCK = statement<{ locked: boolean }>(
  "learning.try-lock",
  `select pg_try_advisory_xact_lock(${LOCK_CLASS}, $1) as locked`,
);
const LOCK = statement("learning.lock", `select pg_advisory_xact_lock(${LOCK_CLASS}, $1)`);

/** Makes the transaction the only one that writes a site's model; false when another is at it. */
export async function tryLockModel(tx: Tx, siteId: number): Promise<boolean> {
  return (await tx.run(TRY_LOCK, [siteId]))[0]?.locked === true;
}

/** The same, but waits. @throws AppError `unavailable` when that takes longer than a statement may. */
export async function lockModel(tx: Tx, siteId: number): Promise<void> {
  await tx.run(LOCK, [siteId]);
}

type StateRow = {
  site_id: number;
  version: number;
  basis: string;
  since: string | null;
  exclusions: unknown;
};

/** Stretches of the log as they are stored. */
export function readExclusions(stored: unknown): Stretch[] {
  return exclusionsSchema.parse(stored);
}

const exclusionsSchema = z.array(z.object({ after: z.uuid().nullable(), until: z.uuid() }));

const ENSURE = statement<StateRow>(
  "learning.ensure-state",
  `with made as (
     insert into site_models (site_id, basis) values ($1, $2) on conflict (site_id) do nothing
     returning site_id, version, basis, since, exclusions)
   select * from made union all select site_id, version, basis, since, exclusions from site_models where site_id = $1`,
);

/** A site's state, made with the given basis if it has none yet. */
export async function ensureState(tx: Tx, siteId: number, basis: string): Promise<LearningState> {
  const row = (await tx.run(ENSURE, [siteId, basis]))[0];
  if (!row) throw new Error(`The model of site ${siteId} has no state.`);
  return toState(row);
}

function toState({ site_id: siteId, version, basis, since, exclusions }: StateRow): LearningState {
  return { siteId, version, basis, since, exclusions: readExclusions(exclusions) };
}

const FIND = statement<StateRow & { learned_at: Date | null }>(
  "learning.state",
  "select site_id, version, basis, since, exclusions, learned_at from site_models where site_id = $1",
);

/** undefined: the site has learned nothing yet. */
export async function findState(
  db: Database,
  siteId: number,
): Promise<(LearningState & { learnedAt: Date | null }) | undefined> {
  const row = (await db.run(FIND, [siteId]))[0];
  return row && { ...toState(row), learnedAt: row.learned_at };
}

const SAVE = statement(
  "learning.save-state",
  `update site_models set version = $2, basis = $3, since = $4, exclusions = $5::jsonb, learned_at = $6 where site_id = $1`,
);

export async function saveState(tx: Tx, state: LearningState, at: Date): Promise<void> {
  const { siteId, version, basis, since, exclusions } = state;
  await tx.run(SAVE, [siteId, version, basis, since, JSON.stringify(exclusions), at]);
}

const FIGURES = statement<{ site: string; version: number; examples: number }>(
  "learning.figures",
  `select s.key as site, m.version, v.examples from site_models m join sites s on s.id = m.site_id
   join model_versions v on v.site_id = m.site_id and v.version = m.version order by m.site_id limit 1000`,
);

/** The newest version of each site that has learned, 1,000 at most, for the monitor. */
export async function findFigures(
  db: Database,
): Promise<{ site: string; version: number; examples: number }[]> {
  return db.run(FIGURES, []);
}

const WANT_BASIS = statement("learning.want-basis", "update site_models set basis = $1 where basis <> $1");

/** From now on all sites are to learn on this basis. */
export async function wantBasis(db: Database, basis: string): Promise<void> {
  await db.run(WANT_BASIS, [basis]);
}

const OUTDATED = statement<{ site_id: number }>(
  "learning.outdated",
  `select m.site_id from site_models m
   left join model_versions v on v.site_id = m.site_id and v.version = m.version
   where m.basis = $1 and m.version > 0 and v.basis is distinct from m.basis order by m.site_id limit 1000`,
);

/** Sites that are to have this basis and whose newest version has another; 1,000 at most. */
export async function findOutdated(db: Database, basis: string): Promise<number[]> {
  return (await db.run(OUTDATED, [basis])).map((row) => row.site_id);
}
