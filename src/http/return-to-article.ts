import { issueEditToken } from "../comments/edit-token.ts";
import type { Context } from "../context.ts";
import { isOfOrigins } from "../sites/canonical-url.ts";
import type { Site } from "../sites/site.ts";

/**
 * Where a form's sender is led back to: the article, at the comment, with WordPress's own parameters while it waits (themes
 * know them). undefined when the address is not of the site's origins: nobody is ever sent elsewhere.
 */
export function articleReturnUrl(
  ctx: Context,
  site: Site,
  comment: { id: string; articleUrl: string | null },
  notice?: "edited" | "removed",
): string | undefined {
  if (comment.articleUrl === null || !isOfOrigins(comment.articleUrl, site.origins)) return undefined;
  const url = new URL(comment.articleUrl);
  for (const name of ["replyto", "unapproved", "moderation-hash", "notice"]) url.searchParams.delete(name);
  url.searchParams.set("unapproved", comment.id);
  url.searchParams.set("moderation-hash", issueEditToken(ctx.keys.viewToken, comment.id));
  if (notice) url.searchParams.set("notice", notice);
  url.hash = `comment-${comment.id}`;
  return url.href;
}

/** The page that tells a form's sender what became of the comment when the article cannot. */
export function receiptPath(ctx: Context, site: Site, id: string): string {
  const token = issueEditToken(ctx.keys.viewToken, id);
  return `/v1/sites/${site.key}/comments/${id}/receipt?token=${token}`;
}
