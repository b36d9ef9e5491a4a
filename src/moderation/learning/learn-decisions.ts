import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { claimOwed, giveBack, type Lease, release, settle } from "../../queue/outbox.ts";
import type { BaseModel } from "../model/base-model.ts";
import { foldFrom } from "./fold.ts";
import { relearn, toExample } from "./relearn.ts";
import { basisOf, LEARNING_LIMITS, type LearningLimits, requireBase, type Session } from "./session.ts";
import { deleteExamples, findLearnedDecisions, insertExamples } from "./store/examples.ts";
import { findSitesOf, findTeachingOf } from "./store/log.ts";
import { ensureState, tryLockModel } from "./store/state.ts";
import { findBasis } from "./store/versions.ts";

/**
 * Learns what moderators decided about these comments, or took back, or what else became of their texts. What a comment
 * teaches is read from the log, so the same job may come any number of times. One process at a time writes a site's model.
 * @throws AppError `unavailable` when the store or the model is away: then the whole job is worth another try.
 */
export async function learnDecisions(
  ctx: Context,
  commentIds: string[],
  limits = LEARNING_LIMITS,
): Promise<void> {
  const base = requireBase(ctx);
  const leases = await claimOwed(ctx.db, "model.learn", commentIds, ctx.clock.now());
  if (leases.length === 0) return;
  const sites = await findSitesOf(
    ctx.db,
    leases.map(({ key }) => key),
  );
  for (const [siteId, ofSite] of Map.groupBy(leases, ({ key }) => sites.get(key))) {
    // Erased before anything was learned from it.
    if (siteId === undefined) await settle(ctx.db, "model.learn", ofSite);
    else await learnOrGiveBack(ctx, { base, limits, siteId, leases: ofSite });
  }
}

type Turn = { base: BaseModel; limits: LearningLimits; siteId: number; leases: Lease[] };

async function learnOrGiveBack(ctx: Context, turn: Turn): Promise<void> {
  const { siteId, leases } = turn;
  try {
    const done = await learnOfSite(ctx, turn);
    if (!done) return await release(ctx.db, "model.learn", leases, ctx.clock.now());
    for (const { created_at: owedAt } of leases) {
      ctx.metrics.learnLag.observe((ctx.clock.nowMs() - owedAt.getTime()) / 1_000);
    }
  } catch (error) {
    if (error instanceof AppError && error.code === "unavailable") {
      await release(ctx.db, "model.learn", leases, ctx.clock.now()).catch(() => undefined);
      throw error;
    }
    ctx.log.error({ err: error, site: siteId }, "decisions could not be learned from");
    const message = error instanceof Error ? error.message : String(error);
    for (const { key } of leases) await giveBack(ctx.db, "model.learn", key, message, ctx.clock.now());
  }
}

/** False when it is not this process' turn: another is at the site's model, or a newer release is to be. */
async function learnOfSite(ctx: Context, { base, limits, siteId, leases }: Turn): Promise<boolean> {
  return ctx.db.transaction(async (tx) => {
    if (!(await tryLockModel(tx, siteId))) return false;
    const state = await ensureState(tx, siteId, basisOf(base));
    if (state.basis !== basisOf(base)) return false;
    const session: Session = { ctx, tx, base, state, limits, at: ctx.clock.now() };
    await learnComments(
      session,
      leases.map(({ key }) => key),
    );
    await settle(tx, "model.learn", leases);
    return true;
  });
}

async function learnComments(session: Session, commentIds: string[]): Promise<void> {
  const { tx, state } = session;
  const newest = await findBasis(tx, state);
  if (newest !== undefined && newest !== state.basis) {
    return relearn(session, { cause: "upgraded", createdBy: null, restores: null });
  }
  const first = await refreshExamples(session, commentIds);
  if (first !== undefined) await foldFrom(session, first);
}

/** Brings the examples of these comments to what the log says; returns the first decision that this adds or takes out. */
async function refreshExamples({ tx, state }: Session, commentIds: string[]): Promise<string | undefined> {
  const rows = await findTeachingOf(tx, state, commentIds);
  const learned = await findLearnedDecisions(tx, commentIds);
  const isSame = new Set(
    rows.filter((row) => learned.get(row.comment_id) === row.decision_id).map((row) => row.comment_id),
  );
  const gone = [...learned].filter(([commentId]) => !isSame.has(commentId));
  const added = rows.filter((row) => !isSame.has(row.comment_id));
  await deleteExamples(
    tx,
    gone.map(([commentId]) => commentId),
  );
  await insertExamples(
    tx,
    state.siteId,
    added.map((row) => ({ ...toExample(row), influence: 0, agreed: 0 })),
  );
  return [...gone.map(([, decisionId]) => decisionId), ...added.map((row) => row.decision_id)].toSorted()[0];
}
