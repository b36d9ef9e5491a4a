import type { FieldProblem } from "../../errors.ts";

/** The names under which the browser sends what a reader can see and type. */
export type FormFieldNames = {
  body: string;
  name: string;
  email: string;
  website: string;
  /** The box "Save my name, …"; sent as `yes` when ticked. */
  remember: string;
};

/** Parley's own names. */
export const PARLEY_FIELD_NAMES: FormFieldNames = {
  body: "body",
  name: "name",
  email: "email",
  website: "website",
  remember: "remember",
};

/** The names in WordPress's `comment_form()`, which existing themes send to `wp-comments-post.php`. */
export const WORDPRESS_FIELD_NAMES: FormFieldNames = {
  body: "comment",
  name: "author",
  email: "email",
  website: "url",
  remember: "wp-comment-cookies-consent",
};

/** A field that the browser sends unseen, such as `["parentId", "…"]`. */
export type HiddenField = readonly [name: string, value: string];

/** What was typed, to be shown again; what is absent is empty. */
export type CommentFormValues = {
  body?: string | undefined;
  name?: string | undefined;
  email?: string | undefined;
  website?: string | undefined;
  remember?: boolean | undefined;
};

/** Everything that the form's fields need, whoever receives them and wherever they stand. */
export type CommentFieldsView = {
  fieldNames: FormFieldNames;
  hidden: HiddenField[];
  /** A field no person sees or fills; absent when the form has none. */
  honeypotName?: string | undefined;
  values: CommentFormValues;
  /** By the domain's paths (`body`, `name`, `email`, `website`) whatever the fields are called; any other is about the whole. */
  errors: FieldProblem[];
  /** Code points; past it the script counts what is too much. Nothing is cut off while typing or pasting. */
  bodyCharsMax?: number | undefined;
};
