import { ARTICLES } from "../../src/web/demo/articles.ts";
import type {
  Article,
  ArticlePageView,
  CommentFormView,
  CommentView,
  OwnCommentView,
} from "../../src/web/demo/view.ts";

/** Views for tests of the pages: sensible throughout, each part replaceable. */

const AT = new Date("2026-03-12T16:05:00Z");

export function commentView(over: Partial<CommentView> & { id: string }): CommentView {
  return {
    parentId: null,
    depth: 0,
    name: "Hana Petrov",
    website: null,
    body: "A careful piece.",
    createdAt: AT,
    editedAt: null,
    parentMissing: false,
    replyCount: 0,
    ...over,
  };
}

export function ownView(
  over: Partial<CommentView> & { id: string },
  status: OwnCommentView["status"],
): OwnCommentView {
  return {
    comment: commentView(over),
    status,
    edit: { action: "/edit", hidden: [["token", "edit-token"]], until: new Date("2026-03-12T16:20:00Z") },
    remove: { action: "/remove", hidden: [["token", "edit-token"]] },
  };
}

export function formView(over: Partial<CommentFormView> = {}): CommentFormView {
  return { action: "/submit", token: "form-token", honeypotName: "company", values: {}, errors: [], ...over };
}

export function articleView(over: Partial<ArticlePageView> = {}): ArticlePageView {
  return {
    basePath: "/demo",
    article: mainArticle(),
    articleUrl: "https://courier.example/demo/kyiv-seoul-prisoners",
    comments: [],
    counts: { published: over.comments?.length ?? 0 },
    sort: "oldest",
    form: formView(),
    ...over,
  };
}

/** `lengths[i]` comments in a row, each answering the one before. */
export function chains(lengths: number[]): CommentView[] {
  return lengths.flatMap((length, chain) =>
    Array.from({ length }, (_, depth) =>
      commentView({
        id: `c${chain}-${depth}`,
        parentId: depth === 0 ? null : `c${chain}-${depth - 1}`,
        depth,
        name: `Reader ${chain}-${depth}`,
        replyCount: depth === length - 1 ? 0 : 1,
      }),
    ),
  );
}

export function mainArticle(): Article {
  const [article] = ARTICLES;
  if (article === undefined) throw new Error("The demonstration has no article.");
  return article;
}
