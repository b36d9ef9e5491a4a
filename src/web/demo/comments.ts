import { type Html, html } from "../pages/html.ts";
import { arrangeThread } from "./arrange-thread.ts";
import { articlePath } from "./articles.ts";
import { renderThread } from "./comment.ts";
import { renderNotice } from "./notice.ts";
import { renderReplyForm } from "./reply-form.ts";
import type { ArticlePageView, CommentSort } from "./view.ts";

/**
 * The comment section: notice, heading, thread, pages, form. The script exchanges `#comment-notices` and
 * `#comment-thread` for newer ones, so everything that can change stands in one of them.
 */
export function renderComments(view: ArticlePageView): Html {
  return html`
    <section class="comments" id="comments" aria-labelledby="comments-title">
      <div id="comment-notices" aria-live="polite">${view.notice && renderNotice(view.notice)}</div>
      <div id="comment-thread">
        <div class="comments-head">
          <h2 id="comments-title">${commentsInWords(view.counts.published)}</h2>
          ${view.counts.published > 1 && renderSort(view)}
        </div>
        ${renderThread(arrangeThread(view.comments, view.own ?? [], view.sort), view)} ${renderPages(view)}
      </div>
      ${renderReplyForm(view)}
    </section>
  `;
}

/** "No comments yet", "1 Comment", "1,204 Comments" */
export function commentsInWords(count: number): string {
  if (count === 0) return "No comments yet";
  return count === 1 ? "1 Comment" : `${count.toLocaleString("en")} Comments`;
}

function renderSort({ basePath, article, sort }: ArticlePageView): Html {
  const path = articlePath(basePath, article);
  const link = (value: CommentSort, label: string) => html`
    <a href="${path}?sort=${value}#comments" ${value === sort && html`aria-current="true"`}>${label}</a>
  `;
  return html`
    <nav class="comments-sort" aria-label="Order of comments">
      ${link("oldest", "Oldest first")} ${link("newest", "Newest first")}
    </nav>
  `;
}

function renderPages({ nextUrl, firstUrl, sort }: ArticlePageView): Html {
  if (nextUrl === undefined && firstUrl === undefined) return html``;
  const [later, first] =
    sort === "oldest" ? ["Newer comments", "Oldest comments"] : ["Older comments", "Newest comments"];
  return html`
    <nav class="comments-pages" aria-label="Pages of comments">
      ${firstUrl !== undefined && html`<a href="${firstUrl}">${first}</a>`}
      ${nextUrl !== undefined && html`<a href="${nextUrl}" rel="next">${later}</a>`}
    </nav>
  `;
}
