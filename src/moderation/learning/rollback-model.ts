import type { Context } from "../../context.ts";
import type { Tx } from "../../db/database.ts";
import { AppError } from "../../errors.ts";
import { newId } from "../../ids.ts";
import type { Site } from "../../sites/site.ts";
import { versionNotFound } from "./load-site-layer.ts";
import { relearn } from "./relearn.ts";
import { openSession } from "./session.ts";
import type { LogWindow, Stretch } from "./store/log.ts";
import type { LearningState } from "./store/state.ts";
import { findVersion } from "./store/versions.ts";

/** `version` 0 is the base model alone. */
export type RollbackModelInput = { site: Site; version: number; by: string };

/** Rollbacks into different places of the log that a site may have had since it was last rebuilt. */
const EXCLUSIONS_MAX = 100;

/**
 * Takes a site's model back to what it was at a version, as a new version. For learning it is as if what moderators decided
 * since, and took back, had never been; what they decide from now on counts again. Returns the new version.
 * @throws AppError `not_found` (`model_version_not_found`), `conflict` (`too_many_rollbacks`), `unavailable`
 */
export async function rollbackModel(
  ctx: Context,
  { site, version, by }: RollbackModelInput,
): Promise<number> {
  return ctx.db.transaction(async (tx) => {
    const session = await openSession(ctx, tx, site.id);
    const { state, at } = session;
    const target = await findTarget(tx, state, version);
    state.since = target.since;
    state.exclusions = merge([...target.exclusions, { after: target.upTo, until: newId(at.getTime()) }]);
    if (state.exclusions.length > EXCLUSIONS_MAX) {
      throw new AppError("conflict", "The model was rolled back too often; rebuild it first.", {
        reason: "too_many_rollbacks",
      });
    }
    await relearn(session, { cause: "rolled_back", createdBy: by, restores: version });
    return state.version;
  });
}

async function findTarget(
  tx: Tx,
  state: LearningState,
  version: number,
): Promise<LogWindow & { upTo: string | null }> {
  if (version === 0) return { since: state.since, exclusions: [], upTo: null };
  const row = await findVersion(tx, state.siteId, version);
  if (!row) throw versionNotFound();
  return { since: row.since, exclusions: row.exclusions, upTo: row.up_to };
}

/** The same stretches without overlaps, in order. */
function merge(stretches: Stretch[]): Stretch[] {
  const merged: Stretch[] = [];
  for (const { after, until } of stretches.toSorted((a, b) => ((a.after ?? "") < (b.after ?? "") ? -1 : 1))) {
    const last = merged.at(-1);
    if (last && (after ?? "") <= last.until) last.until = last.until > until ? last.until : until;
    else merged.push({ after, until });
  }
  return merged;
}
