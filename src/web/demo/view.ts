import type { FieldProblem } from "../../errors.ts";
import type { CommentStatus } from "../../comments/status.ts";
import type { CommentFormValues, HiddenField } from "../pages/form-view.ts";

/** A report of the invented newspaper. */
export type Article = {
  slug: string;
  section: string;
  title: string;
  standfirst: string;
  author: string;
  authorRole: string;
  publishedAt: Date;
  /** Where it was written; set before the first words. */
  place: string;
  body: ArticleBlock[];
};

/** A paragraph, or a heading between paragraphs. */
export type ArticleBlock = string | { heading: string };

/** Everything an article page shows. All texts are plain; the templates escape. */
export type ArticlePageView = {
  /** Where the demonstration is mounted, without a slash at the end: `/demo`. */
  basePath: string;
  article: Article;
  /** The article's absolute address: the thread's identity, sent with the form as `url`. */
  articleUrl: string;
  /** The published comments of this page in reading order: each after its parent, siblings as sorted. */
  comments: CommentView[];
  /** `published` counts the whole thread, not this page. */
  counts: { published: number };
  sort: CommentSort;
  /** The next page of comments: newer ones when the oldest come first, else older ones. */
  nextUrl?: string | undefined;
  /** The first page, when this is another. */
  firstUrl?: string | undefined;
  notice?: NoticeView | undefined;
  /** null when the thread is closed. */
  form: CommentFormView | null;
  /** The reader's own comments, published or not, which nobody else is shown. */
  own?: OwnCommentView[] | undefined;
  /** IANA name; "UTC" when absent. */
  timeZone?: string | undefined;
};

export type CommentSort = "oldest" | "newest";

export type CommentView = {
  id: string;
  parentId: string | null;
  /** 0 for a first comment. Past {@link DEPTH_SHOWN_MAX} replies no longer move to the right. */
  depth: number;
  name: string;
  /** Linked when it is an http(s) address; ignored otherwise. */
  website: string | null;
  body: string;
  createdAt: Date;
  editedAt: Date | null;
  /** The comment it replied to was taken away. */
  parentMissing: boolean;
  /** Published direct replies, on this page or another. */
  replyCount: number;
  /** Written by the article's author (WordPress's `bypostauthor`). */
  byAuthor?: boolean | undefined;
  /** false for a comment as deep as the site allows; true when absent. */
  mayReply?: boolean | undefined;
};

/** Levels of replies that are indented below a first comment. */
export const DEPTH_SHOWN_MAX = 5;

/**
 * A comment as its author sees it. Put among the others by its `parentId`; a published one that is also among
 * `comments` is shown once, with the forms.
 */
export type OwnCommentView = {
  comment: CommentView;
  status: CommentStatus;
  /** Why, in a sentence after the title that names the status; the fixed one when absent. */
  reason?: string | undefined;
  edit?: OwnEditView | undefined;
  remove?: OwnRemoveView | undefined;
};

/** While the edit window is open. The text is sent as `body`. */
export type OwnEditView = {
  action: string;
  hidden: HiddenField[];
  until: Date;
  /** What was typed, after a refusal; else the comment's text is offered. */
  typed?: string | undefined;
  errors?: FieldProblem[] | undefined;
};

export type OwnRemoveView = { action: string; hidden: HiddenField[] };

/** What just happened, at the top of the comments. */
export type NoticeView = {
  kind: "published" | "held" | "pending" | "rejected" | "edited" | "removed" | "problem";
  /** Links the notice to the comment, where it is on the page. */
  commentId?: string | undefined;
  /** JSON with a `status`, which the script asks, with the `editToken` of the own comment, until it is not `pending`. */
  statusUrl?: string | undefined;
  /** Where to look again without the script; `pending` has this page itself when absent. */
  refreshUrl?: string | undefined;
  /** In place of the fixed sentence, after the title that names the status; needed for `problem`. */
  sentence?: string | undefined;
};

export type CommentFormView = {
  action: string;
  /** Signed, with the time of issue; sent as `token`. */
  token: string;
  honeypotName: string;
  values: CommentFormValues;
  errors: FieldProblem[];
  replyTo?: { id: string; name: string } | undefined;
  /** From an earlier visit, at the reader's wish; `values` go before it. */
  savedAuthor?: { name: string; email: string; website: string } | undefined;
  /** Code points. */
  bodyCharsMax?: number | undefined;
};

export type IndexPageView = {
  basePath: string;
  entries: { article: Article; commentCount: number }[];
};
