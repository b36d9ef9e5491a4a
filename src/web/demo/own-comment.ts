import { problemInWords, renderHidden, renderTextarea } from "../pages/comment-fields.ts";
import { type Html, html, timeOf } from "../pages/html.ts";
import { OUTCOMES } from "../pages/outcome.ts";
import type { OwnCommentView, OwnEditView, OwnRemoveView } from "./view.ts";

/** What its author is told about a comment that others do not see, above its text. */
export function renderOwnNote({ status, reason }: OwnCommentView): Html {
  if (status === "published") return html``;
  return html`
    <p class="own-note">
      <strong>${OUTCOMES[status].title}</strong>
      ${reason ?? OUTCOMES[status].sentence} Only you can see it here.
    </p>
  `;
}

/** Edit and delete, folded up, for as long as they are allowed. */
export function renderOwnActions({ comment, edit, remove }: OwnCommentView, timeZone?: string): Html {
  return html`
    ${edit && renderEdit(comment.id, comment.body, edit, timeZone)} ${remove && renderRemove(remove)}
  `;
}

function renderEdit(id: string, body: string, edit: OwnEditView, timeZone: string | undefined): Html {
  const errors = (edit.errors ?? []).map(problemInWords).join(" ");
  const attributes = html`id="edit-${id}" name="body" rows="6" dir="auto" required
  aria-describedby="edit-${id}-error edit-${id}-note" ${errors !== "" && html`aria-invalid="true" autofocus`}`;
  return html`
    <details class="own-action" ${errors !== "" && "open"}>
      <summary>Edit<span class="visually-hidden"> your comment</span></summary>
      <form method="post" action="${edit.action}" accept-charset="utf-8">
        ${edit.hidden.map(renderHidden)}
        <label for="edit-${id}">Your comment</label>
        ${renderTextarea(attributes, edit.typed ?? body)}
        <p class="field-error" id="edit-${id}-error" ${errors === "" && "hidden"}>${errors}</p>
        <p class="form-note" id="edit-${id}-note">
          You can change it until ${timeOf(edit.until, timeZone)}. It is checked again before it appears.
        </p>
        <p><button type="submit">Save changes</button></p>
      </form>
    </details>
  `;
}

function renderRemove(remove: OwnRemoveView): Html {
  return html`
    <details class="own-action">
      <summary>Delete<span class="visually-hidden"> your comment</span></summary>
      <form method="post" action="${remove.action}" accept-charset="utf-8">
        ${remove.hidden.map(renderHidden)}
        <p class="form-note">Delete your comment for good? Replies to it stay.</p>
        <p><button type="submit" class="button-danger">Delete comment</button></p>
      </form>
    </details>
  `;
}
