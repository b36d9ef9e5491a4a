import type { Context } from "../../context.ts";
import type { Site } from "../../sites/site.ts";
import { relearn } from "./relearn.ts";
import { LEARNING_LIMITS, openSession } from "./session.ts";

export type RebuildModelInput = { site: Site; by: string };

/**
 * Makes a site's model anew from its decision log. What a rollback had taken out counts again. Takes some seconds at most.
 * @throws AppError `unavailable`
 */
export async function rebuildModel(
  ctx: Context,
  { site, by }: RebuildModelInput,
  limits = LEARNING_LIMITS,
): Promise<number> {
  return ctx.db.transaction(async (tx) => {
    const session = await openSession(ctx, tx, site.id, limits);
    session.state.exclusions = [];
    await relearn(session, { cause: "rebuilt", createdBy: by, restores: null });
    return session.state.version;
  });
}
