import { type Html, html, nameOf, raw, timeOf } from "../pages/html.ts";
import { readableLine, renderBody, safeHttpUrl } from "../text.ts";
import type { ThreadNode } from "./arrange-thread.ts";
import { renderOwnNote, renderOwnActions } from "./own-comment.ts";
import type { ArticlePageView, CommentView } from "./view.ts";

type ThreadView = Pick<ArticlePageView, "form" | "nextUrl" | "timeZone">;

/** A list of comments with the replies below each. */
export function renderThread(nodes: ThreadNode[], view: ThreadView): Html {
  if (nodes.length === 0) return html``;
  return html`
    <ol class="comment-list">
      ${nodes.map((node) => html`<li>${renderComment(node, view)} ${renderThread(node.replies, view)}</li>`)}
    </ol>
  `;
}

function renderComment(node: ThreadNode, view: ThreadView): Html {
  const { comment, own } = node;
  return html`
    <article
      class="comment"
      id="comment-${comment.id}"
      aria-labelledby="comment-${comment.id}-author"
      tabindex="-1"
    >
      ${renderHead(node, view.timeZone)} ${renderContext(node)} ${own && renderOwnNote(own)}
      <div class="comment-body">${raw(renderBody(comment.body))}</div>
      ${renderFoot(node, view)}
    </article>
  `;
}

function renderHead({ comment, own }: ThreadNode, timeZone: string | undefined): Html {
  return html`
    <header class="comment-head">
      <span class="comment-initial" aria-hidden="true">${initialOf(comment.name)}</span>
      <p class="comment-author" id="comment-${comment.id}-author">
        ${renderAuthor(comment)} ${comment.byAuthor && html`<span class="badge">Author</span>`}
        ${own && html`<span class="badge">You</span>`}
      </p>
      <p class="comment-time">
        <a href="#comment-${comment.id}" rel="bookmark">${timeOf(comment.createdAt, timeZone)}</a>
        ${comment.editedAt && html`<span>edited</span>`}
      </p>
    </header>
  `;
}

function renderAuthor({ name, website }: CommentView): Html {
  const href = website === null ? undefined : safeHttpUrl(website);
  if (href === undefined) return nameOf(name);
  return html`<a href="${href}" rel="ugc nofollow noopener">${nameOf(name)}</a>`;
}

/** What the comment answers, where its place does not tell. */
function renderContext({ comment, inReplyTo, parentElsewhere }: ThreadNode): Html {
  if (comment.parentMissing) {
    return html`<p class="comment-context">In reply to a comment that is no longer here</p>`;
  }
  if (parentElsewhere) return html`<p class="comment-context">In reply to a comment on an earlier page</p>`;
  if (inReplyTo === undefined) return html``;
  return html`<p class="comment-context">
    In reply to <a href="#comment-${inReplyTo.id}">${nameOf(inReplyTo.name)}</a>
  </p>`;
}

function renderFoot(node: ThreadNode, { form, nextUrl, timeZone }: ThreadView): Html {
  const { comment, own, repliesElsewhere } = node;
  const published = own === undefined || own.status === "published";
  return html`
    <footer class="comment-foot">
      ${form !== null && published && comment.mayReply !== false && renderReplyLink(comment)}
      ${nextUrl !== undefined && repliesElsewhere > 0 && html`<a href="${nextUrl}">${moreReplies(repliesElsewhere)}</a>`}
      ${own && renderOwnActions(own, timeZone)}
    </footer>
  `;
}

/** Without the script the page comes again with the form turned towards this comment. */
function renderReplyLink({ id, name }: CommentView): Html {
  const who = readableLine(name) || "Anonymous";
  return html`<a
    class="reply-link"
    href="?replyto=${id}#respond"
    rel="nofollow"
    data-reply-to="${id}"
    data-reply-name="${who}"
  >
    Reply<span class="visually-hidden"> to ${nameOf(name)}</span>
  </a>`;
}

function moreReplies(count: number): string {
  return count === 1 ? "1 more reply" : `${count.toLocaleString("en")} more replies`;
}

/** The first letter or digit of a name, for the round sign beside it. */
function initialOf(name: string): string {
  return /[\p{L}\p{N}]/u.exec(name)?.[0].toLocaleUpperCase("en") ?? "?";
}
