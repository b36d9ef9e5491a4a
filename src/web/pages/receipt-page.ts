import type { CommentStatus } from "../../comments/status.ts";
import { renderBody, safeHttpUrl } from "../text.ts";
import { type Html, html, raw, timeOf } from "./html.ts";
import { type PageFrame, renderPage } from "./layout.ts";
import { OUTCOMES } from "./outcome.ts";

export type ReceiptPageView = PageFrame & {
  commentId: string;
  status: CommentStatus;
  /** The comment's text, when the page is for its author. */
  body?: string | undefined;
  receivedAt?: Date | undefined;
  /** In place of the fixed sentence. */
  sentence?: string | undefined;
  articleTitle?: string | undefined;
  /** The article's page. To be given only when it is of the site's own origins; anything but http(s) is left out. */
  returnUrl?: string | undefined;
  /** This page again; offered while the comment is being checked. */
  refreshUrl?: string | undefined;
};

/** What became of a comment, for a reader whose browser cannot be sent back to the article with it. */
export function renderReceiptPage(view: ReceiptPageView): string {
  const { title, sentence } = OUTCOMES[view.status];
  const main = html`
    <h1>${withoutStop(title)}</h1>
    <p class="lead">${view.sentence ?? sentence}</p>
    ${view.body !== undefined && html`<blockquote class="comment-body">${raw(renderBody(view.body))}</blockquote>`}
    ${renderLinks(view)} ${renderFacts(view)}
  `;
  return renderPage(view, withoutStop(title), main);
}

function renderLinks({ status, returnUrl, refreshUrl, articleTitle }: ReceiptPageView): Html {
  const back = returnUrl === undefined ? undefined : safeHttpUrl(returnUrl);
  const again = status === "pending" ? refreshUrl : undefined;
  if (back === undefined && again === undefined) return html``;
  return html`
    <p class="links">
      ${again !== undefined && html`<a class="button" href="${again}">Check again</a>`}
      ${back !== undefined && html`<a href="${back}">Back to ${articleTitle ?? "the article"}</a>`}
    </p>
  `;
}

function renderFacts({ commentId, receivedAt }: ReceiptPageView): Html {
  return html`
    <dl class="facts">
      ${
        receivedAt !== undefined &&
        html`<div>
          <dt>Received</dt>
          <dd>${timeOf(receivedAt)}</dd>
        </div>`
      }
      <div>
        <dt>Comment number</dt>
        <dd><code>${commentId}</code></dd>
      </div>
    </dl>
  `;
}

function withoutStop(title: string): string {
  return title.replace(/\.$/u, "");
}
