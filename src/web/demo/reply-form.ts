import { renderCommentFields } from "../pages/comment-fields.ts";
import { type CommentFormValues, type HiddenField, PARLEY_FIELD_NAMES } from "../pages/form-view.ts";
import { type Html, html, nameOf } from "../pages/html.ts";
import { articlePath } from "./articles.ts";
import type { ArticlePageView, CommentFormView } from "./view.ts";

/** "Leave a Reply", or a line instead when the thread is closed. The script moves `#respond` below a comment. */
export function renderReplyForm(view: ArticlePageView): Html {
  const { form } = view;
  if (form === null) return html`<p class="comments-closed">Comments are closed.</p>`;
  return html`
    <section class="respond" id="respond" aria-labelledby="reply-title">
      <div class="respond-head">
        <h2 id="reply-title">Leave a Reply${form.replyTo && html` to ${nameOf(form.replyTo.name)}`}</h2>
        ${renderCancel(view, form)}
      </div>
      <form id="comment-form" method="post" action="${form.action}" accept-charset="utf-8">
        ${renderCommentFields({
          fieldNames: PARLEY_FIELD_NAMES,
          hidden: hiddenFields(view, form),
          honeypotName: form.honeypotName,
          values: withSavedAuthor(form),
          errors: form.errors,
          bodyCharsMax: form.bodyCharsMax,
        })}
      </form>
    </section>
  `;
}

function renderCancel({ basePath, article }: ArticlePageView, { replyTo }: CommentFormView): Html {
  const anchor = replyTo === undefined ? "respond" : `comment-${replyTo.id}`;
  return html`
    <a
      id="cancel-reply"
      href="${articlePath(basePath, article)}#${anchor}"
      rel="nofollow"
      ${replyTo === undefined && "hidden"}
    >
      Cancel reply
    </a>
  `;
}

/** `parentId` is empty for a comment that answers none: the script needs the field to be there. */
function hiddenFields({ article, articleUrl }: ArticlePageView, form: CommentFormView): HiddenField[] {
  return [
    ["token", form.token],
    ["parentId", form.replyTo?.id ?? ""],
    ["url", articleUrl],
    ["title", article.title],
  ];
}

function withSavedAuthor({ values, savedAuthor }: CommentFormView): CommentFormValues {
  return {
    body: values.body,
    name: values.name ?? savedAuthor?.name,
    email: values.email ?? savedAuthor?.email,
    website: values.website ?? savedAuthor?.website,
    remember: values.remember ?? savedAuthor !== undefined,
  };
}
