import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import type { Site } from "../sites/site.ts";
import { verifyEditToken } from "./edit-token.ts";
import type { CommentStatus } from "./status.ts";
import { type CommentRow, findCommentRows } from "./store/find.ts";

/** A comment as its author sees it, whatever its status. */
export type OwnComment = {
  id: string;
  status: CommentStatus;
  version: number;
  parentId: string | null;
  depth: number;
  name: string;
  website: string | null;
  body: string;
  reason: string | null;
  threadUrl: string;
  createdAt: Date;
  editedAt: Date | null;
  /** Until when the author may edit; null once that is over. Deleting is always possible. */
  editableUntil: Date | null;
};

/** @throws AppError `not_found` for a wrong token as for no such comment: neither tells whether the other was right. */
export async function getOwnComment(
  ctx: Context,
  site: Site,
  id: string,
  token: string,
): Promise<OwnComment> {
  return toOwnComment(ctx, site, await getOwnRow(ctx, site, id, token));
}

export async function getOwnRow(ctx: Context, site: Site, id: string, token: string): Promise<CommentRow> {
  const row = verifyEditToken(ctx.keys.editToken, id, token)
    ? (await findCommentRows(ctx.db, site.id, [id]))[0]
    : undefined;
  if (!row) throw commentNotFound();
  return row;
}

/** A comment for whoever holds the weaker token of a return address: it may be seen, not changed. @throws AppError `not_found` */
export async function getSeenComment(
  ctx: Context,
  site: Site,
  id: string,
  viewToken: string,
): Promise<OwnComment> {
  const row = verifyEditToken(ctx.keys.viewToken, id, viewToken)
    ? (await findCommentRows(ctx.db, site.id, [id]))[0]
    : undefined;
  if (!row) throw commentNotFound();
  return toOwnComment(ctx, site, row);
}

/** Anyone's view of one comment. @throws AppError `not_found` unless it is published. */
export async function getPublishedRow(ctx: Context, site: Site, id: string): Promise<CommentRow> {
  const row = (await findCommentRows(ctx.db, site.id, [id]))[0];
  if (row?.status !== "published") throw commentNotFound();
  return row;
}

export function commentNotFound(): AppError {
  return new AppError("not_found", "There is no such comment.", { reason: "comment_not_found" });
}

export function toOwnComment(ctx: Context, site: Site, row: CommentRow): OwnComment {
  const until = editableUntil(site, row);
  return {
    id: row.id,
    status: row.status,
    version: row.version,
    parentId: row.parent_id,
    depth: row.depth,
    name: row.name,
    website: row.website,
    body: row.body,
    reason: row.reason,
    threadUrl: row.thread_url,
    createdAt: row.created_at,
    editedAt: row.edited_at,
    editableUntil: row.status !== "removed" && until > ctx.clock.now() ? until : null,
  };
}

export function editableUntil(site: Site, row: CommentRow): Date {
  return new Date(row.created_at.getTime() + site.settings.limits.editWindowSeconds * 1_000);
}
