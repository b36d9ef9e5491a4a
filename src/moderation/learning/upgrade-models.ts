import type { Context } from "../../context.ts";
import type { BaseModel } from "../model/base-model.ts";
import { relearn } from "./relearn.ts";
import { basisOf, LEARNING_LIMITS } from "./session.ts";
import { ensureState, findOutdated, tryLockModel, wantBasis } from "./store/state.ts";
import { findBasis } from "./store/versions.ts";

/**
 * Says that all sites are to have the model of this release. Said once, at the start: while a release rolls out, processes
 * of the old one go on scoring with the old model but make no new ones, and who started last has it their way.
 */
export async function wantThisModel(ctx: Context): Promise<void> {
  if (ctx.baseModel) await wantBasis(ctx.db, basisOf(ctx.baseModel));
}

/** Makes anew the models that stand on another base, one site after the other, unless someone else is at it. */
export async function upgradeModels(ctx: Context): Promise<void> {
  const { baseModel: base } = ctx;
  if (!base) return;
  for (const siteId of await findOutdated(ctx.db, basisOf(base))) {
    const startMs = ctx.clock.nowMs();
    const version = await upgradeModel(ctx, base, siteId);
    if (version === undefined) continue;
    ctx.log.info({ site: siteId, version, ms: ctx.clock.nowMs() - startMs }, "made a site's model anew");
  }
}

async function upgradeModel(ctx: Context, base: BaseModel, siteId: number): Promise<number | undefined> {
  return ctx.db.transaction(async (tx) => {
    if (!(await tryLockModel(tx, siteId))) return undefined;
    const state = await ensureState(tx, siteId, basisOf(base));
    if (state.basis !== basisOf(base) || (await findBasis(tx, state)) === state.basis) return undefined;
    const session = { ctx, tx, base, state, limits: LEARNING_LIMITS, at: ctx.clock.now() };
    await relearn(session, { cause: "upgraded", createdBy: null, restores: null });
    return state.version;
  });
}
