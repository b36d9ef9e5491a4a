import type { Principal } from "../../accounts/principal.ts";
import type { AuthorStatus, CommentStatus } from "../../comments/status.ts";
import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { emailFor, excerpt, type ReviewAuthor, toAuthor } from "./present.ts";
import { type AuthorRow, findAuthorChanges, findAuthorComments, findAuthorRow } from "./store/authors.ts";
import { confinement } from "./view.ts";

/** What an author has done so far, and what was done about it. */
export type AuthorHistory = ReviewAuthor & {
  /** The latest, whatever became of them; the queue lists all, filtered by author. */
  comments: AuthorComment[];
  /** Who trusted or banned them, the latest first. */
  changes: { from: AuthorStatus; to: AuthorStatus; by: string; note: string | null; at: Date }[];
};

type AuthorComment = {
  id: string;
  status: CommentStatus;
  reason: string | null;
  body: string;
  thread: { key: string; url: string; title: string | null };
  createdAt: Date;
};

const COMMENTS_MAX = 20;
const CHANGES_MAX = 50;

/**
 * An author of the caller's site; with `authors:manage` also the e-mail address.
 * @throws AppError `forbidden`, `not_found`
 */
export async function getAuthor(
  ctx: Context,
  principal: Principal,
  id: string,
): Promise<AuthorHistory & { site: string; email?: string | null }> {
  const row = await findAuthorRow(ctx.db, confinement(principal, "comments:read"), id);
  if (!row) throw authorNotFound();
  const history = await toAuthorHistory(ctx, row);
  return { ...history, site: row.site_key, ...emailFor(ctx, principal, row) };
}

export async function toAuthorHistory(
  ctx: Context,
  row: Omit<AuthorRow, "site_key">,
): Promise<AuthorHistory> {
  const [comments, changes] = await Promise.all([
    findAuthorComments(ctx.db, row.author_id, COMMENTS_MAX),
    findAuthorChanges(ctx.db, row.author_id, CHANGES_MAX),
  ]);
  return {
    ...toAuthor(row),
    comments: comments.map((comment) => ({
      id: comment.id,
      status: comment.status,
      reason: comment.reason,
      body: excerpt(comment.body),
      thread: { key: comment.thread_key, url: comment.thread_url, title: comment.thread_title },
      createdAt: comment.created_at,
    })),
    changes: changes.map((change) => ({
      from: change.from_status,
      to: change.to_status,
      by: change.actor,
      note: change.note,
      at: change.created_at,
    })),
  };
}

export function authorNotFound(): AppError {
  return new AppError("not_found", "There is no such author.", { reason: "author_not_found" });
}
