import type { Context } from "../../context.ts";
import type { Tx } from "../../db/database.ts";
import { AppError } from "../../errors.ts";
import type { BaseModel } from "../model/base-model.ts";
import { LEARNING_RULES } from "./lessons.ts";
import { ensureState, type LearningState, lockModel, saveState } from "./store/state.ts";
import { insertVersion, type NewVersion } from "./store/versions.ts";

/** One change of a site's model: a transaction that is alone with it, and what it works on. */
export type Session = {
  ctx: Context;
  tx: Tx;
  base: BaseModel;
  state: LearningState;
  limits: LearningLimits;
  at: Date;
};

export type LearningLimits = {
  /** A site learns from its newest decisions that teach, this many. */
  examplesMax: number;
  /** So many more may gather before the oldest are let go: then all is learned anew. */
  examplesSlack: number;
};

export const LEARNING_LIMITS: LearningLimits = { examplesMax: 20_000, examplesSlack: 5_000 };

/** What a layer stands on, as its versions name it: another base or other rules of learning need another layer. */
export function basisOf(base: BaseModel): string {
  return `${base.version}/${LEARNING_RULES}`;
}

/** @throws AppError `unavailable` when the model that ships with Parley could not be loaded */
export function requireBase({ baseModel }: Context): BaseModel {
  if (baseModel) return baseModel;
  throw new AppError("unavailable", "The learned model could not be loaded on this machine.", {
    reason: "no_model",
  });
}

/**
 * Begins a change that somebody asked for: waits until nobody else changes the model.
 * @throws AppError `unavailable`: there is no base model here, or the wait was too long
 */
export async function openSession(
  ctx: Context,
  tx: Tx,
  siteId: number,
  limits = LEARNING_LIMITS,
): Promise<Session> {
  const base = requireBase(ctx);
  await lockModel(tx, siteId);
  const state = await ensureState(tx, siteId, basisOf(base));
  return { ctx, tx, base, state: { ...state, basis: basisOf(base) }, limits, at: ctx.clock.now() };
}

/** The version as the next one of the site, known to this process at once and to every other within two seconds. */
export async function addVersion(session: Session, made: NewVersion): Promise<void> {
  const { ctx, tx, state, at } = session;
  state.version += 1;
  await insertVersion(tx, state, made, at);
  await keepState(session);
  tx.onCommit(() => ctx.caches.modelChecks.delete(state.siteId));
}

export async function keepState({ tx, state, at }: Session): Promise<void> {
  await saveState(tx, state, at);
}
