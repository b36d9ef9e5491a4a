import { z } from "zod";
import { countComments } from "../comments/count.ts";
import { issueFormToken } from "../comments/form-token.ts";
import { listComments } from "../comments/list.ts";
import type { Sort } from "../comments/list.ts";
import { findThread } from "../comments/thread.ts";
import { findOwnOnPage, type OwnOnPage, type OwnProof } from "../comments/own-on-page.ts";
import type { Context } from "../context.ts";
import { groundOfStatus } from "./explain-status.ts";
import { canonicalUrl } from "../sites/canonical-url.ts";
import { PAGE_SIZE_DEFAULT } from "../sites/limits.ts";
import type { Site } from "../sites/site.ts";
import { articlePath, ARTICLES } from "../web/demo/articles.ts";
import type {
  Article,
  ArticlePageView,
  CommentView,
  IndexPageView,
  NoticeView,
  OwnCommentView,
} from "../web/demo/view.ts";
import { honeypotName } from "./honeypot.ts";
import type { SavedAuthor } from "./own-cookie.ts";

export const DEMO_PATH = "/demo";

export type DemoPageInput = {
  site: Site;
  article: Article;
  sort: Sort;
  cursor: string | null;
  replyTo: string | null;
  proofs: OwnProof[];
  /** From an earlier visit, at the reader's wish. */
  savedAuthor: SavedAuthor | undefined;
  /** The comment that the reader has just sent, edited or removed. */
  current: { id: string; notice: "edited" | "removed" | null } | null;
};

/** Gathers what an article page of the demonstration shows; a theme of a publisher would do the same over the API. */
export async function loadDemoPage(ctx: Context, input: DemoPageInput): Promise<ArticlePageView> {
  const { site, article, sort, cursor } = input;
  const articleUrl = demoArticleUrl(ctx, article);
  const ref = { key: null, url: articleUrl };
  // Before the list: what is told to be published must be in it.
  const thread = await findThread(ctx, site, ref);
  const own = thread ? await findOwnOnPage(ctx, site, thread, input.proofs) : [];
  const page = await listComments(ctx, {
    site,
    article: ref,
    sort,
    limit: PAGE_SIZE_DEFAULT,
    cursor,
  });
  const { body, next } = await page.render();
  const comments = parseComments(body.toString(), site.settings.limits.depthMax);
  const path = articlePath(DEMO_PATH, article);
  const query = sort === "oldest" ? "" : `sort=${sort}&`;
  const replyTo = comments.find((comment) => comment.id === input.replyTo);
  const closed = page.thread?.closedAt ? page.thread.closedAt <= ctx.clock.now() : false;
  return {
    basePath: DEMO_PATH,
    article,
    articleUrl,
    comments,
    counts: { published: page.thread?.publishedCount ?? 0 },
    sort,
    nextUrl: next === null ? undefined : `${path}?${query}cursor=${encodeURIComponent(next)}#comments`,
    firstUrl: cursor === null ? undefined : `${path}?${query}#comments`,
    notice: noticeFor(ctx, site, own, input.current),
    own: own.map((comment) => toOwnView(site, comment)),
    form: closed
      ? null
      : {
          action: `/v1/sites/${site.key}/comments`,
          token: issueFormToken(ctx.keys.formTokens[0], {
            siteKey: site.key,
            threadKey: page.thread?.key ?? canonicalUrl(articleUrl),
            nowMs: ctx.clock.nowMs(),
          }),
          honeypotName: honeypotName(ctx.keys, site),
          values: {},
          errors: [],
          savedAuthor: input.savedAuthor,
          replyTo: replyTo && { id: replyTo.id, name: replyTo.name },
          bodyCharsMax: site.settings.limits.bodyCharsMax,
        },
  };
}

export async function loadDemoIndex(ctx: Context, site: Site): Promise<IndexPageView> {
  const urls = ARTICLES.map((article) => demoArticleUrl(ctx, article));
  const counts = await countComments(ctx, site, { urls, keys: [] });
  const entries = ARTICLES.map((article, index) => ({
    article,
    commentCount: counts[urls[index] ?? ""] ?? 0,
  }));
  return { basePath: DEMO_PATH, entries };
}

function demoArticleUrl(ctx: Context, article: Article): string {
  return ctx.config.http.publicUrl + articlePath(DEMO_PATH, article);
}

const time = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

const listSchema = z.object({
  comments: z.array(
    z.object({
      id: z.string(),
      parentId: z.string().nullable(),
      parentMissing: z.boolean(),
      depth: z.int(),
      replyCount: z.int(),
      name: z.string(),
      website: z.string().nullable(),
      body: z.string(),
      createdAt: time,
      editedAt: time.nullable(),
    }),
  ),
});

function parseComments(body: string, depthMax: number): CommentView[] {
  const { comments } = listSchema.parse(JSON.parse(body));
  return comments.map((comment) => Object.assign(comment, { mayReply: comment.depth < depthMax }));
}

function toOwnView(site: Site, own: OwnOnPage): OwnCommentView {
  const { editToken, editableUntil } = own;
  const action = `/v1/sites/${site.key}/comments/${own.id}`;
  const view: OwnCommentView = {
    comment: { ...own, parentMissing: false, replyCount: 0, mayReply: false },
    status: own.status,
    reason: groundOfStatus(own.status, own.reason),
  };
  if (editToken === null || own.status === "removed") return view;
  view.remove = { action: `${action}/delete`, hidden: [["editToken", editToken]] };
  if (editableUntil !== null) {
    view.edit = { action: `${action}/edit`, hidden: [["editToken", editToken]], until: editableUntil };
  }
  return view;
}

function noticeFor(
  ctx: Context,
  site: Site,
  own: OwnOnPage[],
  current: DemoPageInput["current"],
): NoticeView | undefined {
  const comment = own.find(({ id }) => id === current?.id);
  if (!current || !comment) return undefined;
  const notice = { commentId: comment.id };
  if (comment.status === "removed") return { kind: "removed" };
  switch (comment.status) {
    case "pending":
      return {
        ...notice,
        kind: current.notice === "edited" ? "edited" : "pending",
        statusUrl: `${ctx.config.http.publicUrl}/v1/sites/${site.key}/comments/${comment.id}`,
      };
    case "held":
      return { ...notice, kind: "held", sentence: groundOfStatus("held", comment.reason) };
    case "published":
      return { ...notice, kind: current.notice === "edited" ? "edited" : "published" };
    case "rejected":
    case "spam":
      return { ...notice, kind: "rejected", sentence: groundOfStatus(comment.status, comment.reason) };
    default:
      return comment.status satisfies never;
  }
}
