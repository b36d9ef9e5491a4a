import type { Context } from "../context.ts";
import type { Site } from "../sites/site.ts";
import { changedMeanwhile } from "./edit.ts";
import { getOwnRow } from "./own-comment.ts";
import { publishDecisions } from "./publish.ts";
import { forgetSenders } from "./store/sources.ts";
import { toProposalComment } from "./to-proposal.ts";
import { nextStatus } from "./transitions.ts";

export type RemoveCommentInput = { site: Site; id: string; token: string };

const ATTEMPTS_MAX = 3;

/**
 * Takes the author's own comment back, for good. Replies stay. Removing twice is one removal.
 * @throws AppError `not_found`, `conflict` when it keeps changing under us.
 */
export async function removeOwnComment(ctx: Context, input: RemoveCommentInput): Promise<void> {
  // A decision made just now by a worker must not stop an author: look again.
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const row = await getOwnRow(ctx, input.site, input.id, input.token);
    if (row.status === "removed") return;
    const toStatus = nextStatus(row.status, "remove");
    const actor = { kind: "author" as const, name: "author" };
    const proposal = {
      comment: toProposalComment(row),
      toStatus,
      actor,
      action: "remove",
      reason: "by_author",
    };
    if ((await publishDecisions(ctx, [proposal])).length === 0) continue;
    if (input.site.keepsSender) await forgetSenders(ctx.db, [row.id]);
    return;
  }
  throw changedMeanwhile();
}
