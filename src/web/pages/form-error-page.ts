import { safeHttpUrl } from "../text.ts";
import { renderCommentFields } from "./comment-fields.ts";
import type { CommentFieldsView } from "./form-view.ts";
import { html } from "./html.ts";
import { type PageFrame, renderPage } from "./layout.ts";

export type FormErrorPageView = PageFrame &
  CommentFieldsView & {
    /** Where the form was posted to, and is posted to again. */
    action: string;
    /** The article's page. To be given only when it is of the site's own origins; anything but http(s) is left out. */
    returnUrl?: string | undefined;
  };

/** Answers a form that cannot be taken as it is (422): every problem, and the whole form with what was typed. */
export function renderFormErrorPage(view: FormErrorPageView): string {
  const back = view.returnUrl === undefined ? undefined : safeHttpUrl(view.returnUrl);
  const main = html`
    <h1>Please look at your comment once more</h1>
    <form method="post" action="${view.action}" accept-charset="utf-8" novalidate>
      ${renderCommentFields(view)}
    </form>
    ${back !== undefined && html`<p class="links"><a href="${back}">Back to the article without sending it</a></p>`}
  `;
  return renderPage(view, "Error: please look at your comment once more", main);
}
