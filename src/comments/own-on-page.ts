import type { Context } from "../context.ts";
import { isUuid } from "../ids.ts";
import type { Site } from "../sites/site.ts";
import { verifyEditToken } from "./edit-token.ts";
import { type OwnComment, toOwnComment } from "./own-comment.ts";
import { findCommentRows } from "./store/find.ts";
import type { Thread } from "./thread.ts";

/** What a browser can show to prove that a comment is its reader's: the edit token, or the weaker token of a return address. */
export type OwnProof = { id: string; editToken: string } | { id: string; viewToken: string };

export type OwnOnPage = OwnComment & {
  /** null when only the return address vouched for it: then it may be seen, not changed. */
  editToken: string | null;
};

/** The reader's own comments on one article, in whatever status; proofs that do not hold are passed over. */
export async function findOwnOnPage(
  ctx: Context,
  site: Site,
  thread: Thread,
  proofs: OwnProof[],
): Promise<OwnOnPage[]> {
  const tokens = new Map<string, string | null>();
  for (const proof of proofs) {
    if (!isUuid(proof.id)) continue;
    if ("editToken" in proof) {
      if (verifyEditToken(ctx.keys.editToken, proof.id, proof.editToken))
        tokens.set(proof.id, proof.editToken);
    } else if (!tokens.has(proof.id) && verifyEditToken(ctx.keys.viewToken, proof.id, proof.viewToken)) {
      tokens.set(proof.id, null);
    }
  }
  if (tokens.size === 0) return [];
  const rows = await findCommentRows(ctx.db, site.id, [...tokens.keys()]);
  return rows
    .filter((row) => row.thread_id === thread.id)
    .map((row) => Object.assign(toOwnComment(ctx, site, row), { editToken: tokens.get(row.id) ?? null }));
}
