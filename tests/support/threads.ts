import type { Context } from "../../src/context.ts";

/** Closes a thread behind the program's back, as another process would. */
export async function closeThread(ctx: Context, threadId: string): Promise<void> {
  await ctx.db.kysely
    .updateTable("threads")
    .set({ closed_at: new Date(ctx.clock.nowMs() - 1_000) })
    .where("id", "=", threadId)
    .execute();
}
