import { type Html, html } from "../pages/html.ts";
import { OUTCOMES, type Outcome } from "../pages/outcome.ts";
import type { NoticeView } from "./view.ts";

const NOTICES: Readonly<Record<NoticeView["kind"], Outcome>> = {
  pending: OUTCOMES.pending,
  published: OUTCOMES.published,
  held: OUTCOMES.held,
  rejected: OUTCOMES.rejected,
  removed: OUTCOMES.removed,
  edited: {
    title: "Your change is saved.",
    sentence: "An edited comment is checked again, so it may be a moment before readers see the new words.",
  },
  problem: { title: "That did not work.", sentence: "Please try again." },
};

/** What just happened: said at once where it is bad news, when the reader pauses where it is not. */
export function renderNotice(notice: NoticeView): Html {
  const { title, sentence } = NOTICES[notice.kind];
  const bad = notice.kind === "rejected" || notice.kind === "problem";
  return html`
    <div
      class="notice notice-${notice.kind}"
      id="notice"
      role="${bad ? "alert" : "status"}"
      tabindex="-1"
      ${pollAttributes(notice)}
    >
      <p><strong>${title}</strong> ${notice.sentence ?? sentence}</p>
      ${renderLinks(notice)}
    </div>
  `;
}

function pollAttributes({ statusUrl, commentId }: NoticeView): Html {
  if (statusUrl === undefined) return html``;
  return html`data-status-url="${statusUrl}" data-comment-id="${commentId ?? ""}"`;
}

/** An undecided comment always comes with a way to look again: an empty address is this page, asked for anew. */
function renderLinks({
  kind,
  commentId,
  refreshUrl = kind === "pending" ? "" : undefined,
}: NoticeView): Html {
  if (commentId === undefined && refreshUrl === undefined) return html``;
  return html`
    <p class="notice-links">
      ${commentId !== undefined && html`<a href="#comment-${commentId}">Go to your comment</a>`}
      ${refreshUrl !== undefined && html`<a href="${refreshUrl}">Refresh this page</a>`}
    </p>
  `;
}
