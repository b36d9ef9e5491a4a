import type { FieldProblem } from "../../errors.ts";
import type { CommentFieldsView, HiddenField } from "./form-view.ts";
import { escapeHtml } from "../text.ts";
import { type Html, html, raw } from "./html.ts";

type Field = "body" | "name" | "email" | "website";

/** In the order in which they stand. `missing` is said where the domain says only `required`. */
const FIELDS: readonly { field: Field; label: string; missing: string }[] = [
  { field: "body", label: "Comment", missing: "Please write your comment." },
  { field: "name", label: "Name", missing: "Please enter your name." },
  { field: "email", label: "Email", missing: "Please enter your email address." },
  { field: "website", label: "Website", missing: "Please enter the address of your website." },
];

/**
 * The inside of a comment form, in WordPress's order: problems, comment, name, email, website, the box, the
 * button. The first wrong field takes the focus, also without a script.
 */
export function renderCommentFields(view: CommentFieldsView): Html {
  return html`
    ${view.hidden.map(renderHidden)}
    <div class="form-problems" role="alert" tabindex="-1">${renderProblems(view)}</div>
    <p class="form-note">
      <span id="reply-email-note">Your email address will not be published.</span>
      Required fields are marked <span class="required">*</span>
    </p>
    ${renderBodyField(view)}
    <div class="field-row">
      ${renderNameField(view)} ${renderEmailField(view)} ${renderWebsiteField(view)}
    </div>
    ${view.honeypotName !== undefined && renderHoneypot(view.honeypotName)}
    <p class="field-check">
      <input
        type="checkbox"
        id="reply-remember"
        name="${view.fieldNames.remember}"
        value="yes"
        ${view.values.remember === true && "checked"}
      />
      <label for="reply-remember"
        >Save my name, email, and website in this browser for the next time I comment.</label
      >
    </p>
    <p class="field-submit"><button type="submit">Post Comment</button></p>
  `;
}

/** Hidden inputs; the forms to edit and to delete use them too. */
export function renderHidden([name, value]: HiddenField): Html {
  return html`<input type="hidden" name="${name}" value="${value}" />`;
}

/**
 * A text area with what was typed. Parsers drop a line end right after the tag, so one is given them to drop;
 * a formatter would not leave it alone in a template.
 */
export function renderTextarea(attributes: Html, typed: string): Html {
  return raw(`<textarea ${attributes.toString()}>\n${escapeHtml(typed)}</textarea>`);
}

/** The domain's messages are short (`required`, `at most 100 characters`): readers get a sentence with the field's name. */
export function problemInWords({ path, message }: FieldProblem): string {
  const known = FIELDS.find(({ field }) => field === path);
  if (known === undefined) return sentence(message);
  return message === "required" ? known.missing : sentence(`${known.label}: ${message}`);
}

/** Every problem in the order of the fields, linked to its own; empty without problems. */
function renderProblems(view: CommentFieldsView): Html {
  if (view.errors.length === 0) return html``;
  const ofFields = FIELDS.flatMap(({ field }) => errorsOf(view, field));
  const ofTheWhole = view.errors.filter((problem) => !ofFields.includes(problem));
  return html`
    <p>Your comment was not sent yet. What you typed is still here.</p>
    <ul>
      ${ofTheWhole.map((problem) => html`<li>${problemInWords(problem)}</li>`)}
      ${ofFields.map((problem) => html`<li><a href="#reply-${problem.path}">${problemInWords(problem)}</a></li>`)}
    </ul>
  `;
}

function renderBodyField(view: CommentFieldsView): Html {
  const attributes = html`name="${view.fieldNames.body}" rows="7" dir="auto" required
  ${charsMax(view.bodyCharsMax)} ${fieldAttributes(view, "body")}`;
  return html`
    <div class="field field-body">
      <label for="reply-body">Comment <span class="required" aria-hidden="true">*</span></label>
      ${renderTextarea(attributes, view.values.body ?? "")} ${renderFieldError(view, "body")}
    </div>
  `;
}

function renderNameField(view: CommentFieldsView): Html {
  return html`
    <div class="field">
      <label for="reply-name">Name <span class="required" aria-hidden="true">*</span></label>
      <input
        type="text"
        name="${view.fieldNames.name}"
        value="${view.values.name ?? ""}"
        dir="auto"
        required
        autocomplete="name"
        ${fieldAttributes(view, "name")}
      />
      ${renderFieldError(view, "name")}
    </div>
  `;
}

function renderEmailField(view: CommentFieldsView): Html {
  return html`
    <div class="field">
      <label for="reply-email">Email <span class="required" aria-hidden="true">*</span></label>
      <input
        type="email"
        name="${view.fieldNames.email}"
        value="${view.values.email ?? ""}"
        required
        autocomplete="email"
        ${fieldAttributes(view, "email", " reply-email-note")}
      />
      ${renderFieldError(view, "email")}
    </div>
  `;
}

/** Of type text: browsers refuse `example.com` in a field of type url, and show why in their own words only. */
function renderWebsiteField(view: CommentFieldsView): Html {
  return html`
    <div class="field">
      <label for="reply-website">Website</label>
      <input
        type="text"
        name="${view.fieldNames.website}"
        value="${view.values.website ?? ""}"
        inputmode="url"
        autocomplete="url"
        autocapitalize="none"
        spellcheck="false"
        ${fieldAttributes(view, "website")}
      />
      ${renderFieldError(view, "website")}
    </div>
  `;
}

/** Out of sight for people, whatever they read with; a program that fills in everything fills it in. */
function renderHoneypot(name: string): Html {
  return html`
    <div class="field-offscreen" aria-hidden="true">
      <label for="reply-extra">Leave this field empty</label>
      <input type="text" id="reply-extra" name="${name}" value="" tabindex="-1" autocomplete="off" />
    </div>
  `;
}

function fieldAttributes(view: CommentFieldsView, field: Field, alsoDescribedBy = ""): Html {
  const first = FIELDS.find((known) => errorsOf(view, known.field).length > 0)?.field === field;
  return html`id="reply-${field}" data-field="${field}"
  aria-describedby="reply-${field}-error${alsoDescribedBy}"
  ${errorsOf(view, field).length > 0 && html`aria-invalid="true"`} ${first && "autofocus"}`;
}

/** Always there, so that the script only has to fill it, in the same words. */
function renderFieldError(view: CommentFieldsView, field: Field): Html {
  const known = FIELDS.find((known) => known.field === field);
  const messages = errorsOf(view, field).map(problemInWords);
  return html`<p
    class="field-error"
    id="reply-${field}-error"
    data-label="${known?.label}"
    data-missing="${known?.missing}"
    ${messages.length === 0 && "hidden"}
  >
    ${messages.join(" ")}
  </p>`;
}

function errorsOf(view: CommentFieldsView, field: Field): FieldProblem[] {
  return view.errors.filter(({ path }) => path === field);
}

function sentence(text: string): string {
  const ended = /[.!?]$/u.test(text) ? text : `${text}.`;
  return ended.charAt(0).toLocaleUpperCase("en") + ended.slice(1);
}

function charsMax(bodyCharsMax: number | undefined): Html {
  return bodyCharsMax === undefined ? html`` : html`data-chars-max="${bodyCharsMax}"`;
}
