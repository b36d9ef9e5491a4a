import type { FieldProblem } from "../../errors.ts";
import { problemInWords, renderHidden, renderTextarea } from "./comment-fields.ts";
import type { HiddenField } from "./form-view.ts";
import { html } from "./html.ts";
import { type PageFrame, renderPage } from "./layout.ts";

export type EditErrorPageView = PageFrame & {
  /** Where the form was posted to, and is posted to again. */
  action: string;
  hidden: HiddenField[];
  /** What was typed. */
  typed: string;
  errors: FieldProblem[];
};

/** Answers an edit that cannot be taken as it is: why, and the text once more. */
export function renderEditErrorPage(view: EditErrorPageView): string {
  const attributes = html`id="edit-body" name="body" rows="8" dir="auto" required aria-invalid="true"
  aria-describedby="edit-error" autofocus`;
  const main = html`
    <h1>Your change was not saved</h1>
    <div class="form-problems" role="alert" id="edit-error">
      <p>${view.errors.map(problemInWords).join(" ")}</p>
    </div>
    <form method="post" action="${view.action}" accept-charset="utf-8">
      ${view.hidden.map(renderHidden)}
      <p>
        <label for="edit-body">Your comment</label>
        ${renderTextarea(attributes, view.typed)}
      </p>
      <p class="field-submit"><button type="submit">Save changes</button></p>
    </form>
  `;
  return renderPage(view, "Error: your change was not saved", main);
}
