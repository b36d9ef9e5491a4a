import type { Principal } from "../../accounts/principal.ts";
import type { AuthorStatus, CommentStatus } from "../../comments/status.ts";
import type { Proposal } from "../../comments/publish.ts";
import { toProposalComment } from "../../comments/to-proposal.ts";
import type { Context } from "../../context.ts";
import { newId } from "../../ids.ts";
import { authorNotFound } from "./get-author.ts";
import { publishAs } from "./publish-as.ts";
import type { AuthorStatusInput } from "./schema.ts";
import { changeAuthorStatus, findAuthorRow } from "./store/authors.ts";
import { type DecidableRow, findDecidableOfAuthor } from "./store/decisions.ts";
import { confinement } from "./view.ts";

export type AuthorStatusResult = {
  id: string;
  status: AuthorStatus;
  /** False when that was the status already. */
  changed: boolean;
  /** Comments rejected by this call. */
  rejected: number;
  /** Whether there are more to reject: the same call again goes on. */
  more: boolean;
};

/** Comments of one transaction, and transactions of one call. */
const BATCH_MAX = 100;
const BATCHES_MAX = 20;

const STATUSES = {
  leave: [],
  reject_held: ["pending", "held"],
  reject_all: ["pending", "held", "published"],
} as const satisfies Record<AuthorStatusInput["comments"], CommentStatus[]>;

/**
 * Trusts, bans or pardons an author; a ban can reject comments as well, 2,000 per call. May be repeated.
 * @throws AppError `forbidden`, `not_found`, `unavailable` (what was rejected until then stays so)
 */
export async function setAuthorStatus(
  ctx: Context,
  principal: Principal,
  input: AuthorStatusInput & { id: string },
): Promise<AuthorStatusResult> {
  const siteId = confinement(principal, "authors:manage");
  if (input.comments !== "leave") confinement(principal, "comments:moderate");
  const author = await findAuthorRow(ctx.db, siteId, input.id);
  if (!author) throw authorNotFound();
  const at = ctx.clock.now();
  // First, so that no comment slips through between: from now on the policy knows.
  const changed = await changeAuthorStatus(ctx.db, {
    id: newId(at.getTime()),
    siteId: author.site_id,
    authorId: author.author_id,
    to: input.status,
    actor: principal.name,
    actorId: principal.tokenId,
    note: input.note,
    at,
  });
  const { rejected, more } = await rejectComments(ctx, principal, input);
  return { id: author.author_id, status: input.status, changed, rejected, more };
}

async function rejectComments(
  ctx: Context,
  principal: Principal,
  { id, note, comments }: AuthorStatusInput & { id: string },
): Promise<{ rejected: number; more: boolean }> {
  const statuses = STATUSES[comments];
  if (statuses.length === 0) return { rejected: 0, more: false };
  let rejected = 0;
  for (let batch = 0; batch < BATCHES_MAX; batch += 1) {
    const rows = await findDecidableOfAuthor(ctx.db, id, statuses, BATCH_MAX);
    // What changed under a batch is found again by the next one.
    const applied = await publishAs(
      ctx,
      principal,
      rows.map((row) => toRejection(principal, row, note)),
    );
    rejected += applied.length;
    if (rows.length < BATCH_MAX && applied.length === rows.length) return { rejected, more: false };
  }
  return { rejected, more: (await findDecidableOfAuthor(ctx.db, id, statuses, 1)).length > 0 };
}

function toRejection(principal: Principal, row: DecidableRow, note: string | null): Proposal {
  return {
    comment: toProposalComment(row),
    toStatus: "rejected",
    actor: { kind: "moderator", name: principal.name },
    action: "reject",
    reason: "banned_author",
    note,
    priority: row.priority,
  };
}
