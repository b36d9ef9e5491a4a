import type { Context } from "../../context.ts";
import { findFigures } from "./store/state.ts";

/** Of each site that has learned: its key, the newest version and the decisions it stands on. */
export async function findModelFigures(
  ctx: Context,
): Promise<{ site: string; version: number; examples: number }[]> {
  return findFigures(ctx.db);
}
