import { issueEditToken } from "../comments/edit-token.ts";
import type { Context } from "../context.ts";
import { isOfOrigins } from "../sites/canonical-url.ts";
import type { Site } from "../sites/site.ts";

/** What leads back to a comment, and where a reply was being written. */
const RETURN_PARAMETERS = new Set(["replyto", "unapproved", "moderation-hash", "notice"]);

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
  const url = withoutReturnParameters(new URL(comment.articleUrl));
  const viewToken = issueEditToken(ctx.keys.viewToken, comment.id);
  const ours = [`unapproved=${comment.id}`, `moderation-hash=${viewToken}`];
  if (notice) ours.push(`notice=${notice}`);
  url.search = [...parametersOf(url), ...ours].join("&");
  url.hash = `comment-${comment.id}`;
  return url.href;
}

/** An article's address without what {@link articleReturnUrl} adds: the page it leads to is the same article. */
export function withoutReturnParameters(address: URL): URL {
  const url = new URL(address);
  url.search = parametersOf(url)
    .filter((parameter) => !RETURN_PARAMETERS.has(parameter.split("=", 1)[0] ?? ""))
    .join("&");
  return url;
}

/** As they are written: parsed and written again (`a` as `a=`, `%20` as `+`) they would name another page. */
function parametersOf(url: URL): string[] {
  return url.search
    .slice(1)
    .split("&")
    .filter((parameter) => parameter !== "");
}

/** The page that tells a form's sender what became of the comment when the article cannot. */
export function receiptPath(ctx: Context, site: Site, id: string): string {
  const token = issueEditToken(ctx.keys.viewToken, id);
  return `/v1/sites/${site.key}/comments/${id}/receipt?token=${token}`;
}
