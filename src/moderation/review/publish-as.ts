import type { Principal } from "../../accounts/principal.ts";
import { type Applied, type Proposal, publishInTransaction } from "../../comments/publish.ts";
import type { Context } from "../../context.ts";
import type { Tx } from "../../db/database.ts";
import { setActorId } from "./store/decisions.ts";

/**
 * The one path of every decision, with the moderator's token noted beside the name.
 * @param and further effects of the same transaction.
 */
export async function publishAs(
  ctx: Context,
  principal: Principal,
  proposals: Proposal[],
  and: (tx: Tx, applied: Applied[]) => Promise<void> = async () => {},
): Promise<Applied[]> {
  if (proposals.length === 0) return [];
  return ctx.db.transaction(async (tx) => {
    const applied = await publishInTransaction(ctx, tx, proposals);
    await setActorId(
      tx,
      applied.map(({ decisionId }) => decisionId),
      principal.tokenId,
    );
    await and(tx, applied);
    return applied;
  });
}
