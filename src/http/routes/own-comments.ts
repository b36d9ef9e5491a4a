import { createRoute, z } from "@hono/zod-openapi";
import { editComment } from "../../comments/edit.ts";
import {
  commentNotFound,
  getOwnComment,
  getPublishedRow,
  getSeenComment,
  type OwnComment,
} from "../../comments/own-comment.ts";
import { removeOwnComment } from "../../comments/remove.ts";
import { editSchema } from "../../comments/schema.ts";
import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { isUuid } from "../../ids.ts";
import { isOfOrigins } from "../../sites/canonical-url.ts";
import { renderEditErrorPage } from "../../web/pages/edit-error-page.ts";
import { type ReceiptPageView, renderReceiptPage } from "../../web/pages/receipt-page.ts";
import { explainStatus, groundOfStatus } from "../explain-status.ts";
import { problemFromError } from "../problem.ts";
import { wantsHtml } from "../wants-html.ts";
import { getSite, type Site } from "../../sites/site.ts";
import type { App } from "../app.ts";
import { bearerToken } from "../bearer.ts";
import type { Request } from "../env.ts";
import { readForm } from "../read-form.ts";
import { readJson } from "../read-json.ts";
import { articleReturnUrl } from "../return-to-article.ts";
import { invalidInput } from "../validate.ts";
import { ownCommentSchema } from "./comment-schemas.ts";
import { bearer, problemResponses, siteParam } from "./common.ts";

const params = z.object({ site: siteParam, id: z.uuid() });
const own = { description: "The comment", content: { "application/json": { schema: ownCommentSchema } } };

const getRoute = createRoute({
  method: "get",
  path: "/v1/sites/{site}/comments/{id}",
  operationId: "getComment",
  tags: ["Comments"],
  summary: "One comment and its status",
  description:
    "With its edit token as bearer token the author sees it in any status; without, only a published comment is found.",
  security: [{}, ...bearer],
  request: { params },
  responses: { 200: own, ...problemResponses(404, 503) },
});

const editRoute = createRoute({
  method: "patch",
  path: "/v1/sites/{site}/comments/{id}",
  operationId: "editComment",
  tags: ["Comments"],
  summary: "Edit one's own comment",
  description:
    "With the edit token as bearer token, within the site's edit window. The comment is pending again and checked anew.",
  security: bearer,
  request: {
    params,
    body: { content: { "application/json": { schema: z.object({ body: z.string() }).openapi("Edit") } } },
  },
  responses: { 200: own, ...problemResponses(401, 404, 409, 422, 503) },
});

const removeRoute = createRoute({
  method: "delete",
  path: "/v1/sites/{site}/comments/{id}",
  operationId: "removeComment",
  tags: ["Comments"],
  summary: "Delete one's own comment",
  description: "With the edit token as bearer token, at any time. Final.",
  security: bearer,
  request: { params },
  responses: { 204: { description: "Removed" }, ...problemResponses(401, 404, 503) },
});

export function ownCommentRoutes(app: App, ctx: Context): void {
  app.openAPIRegistry.registerPath(getRoute);
  app.get("/v1/sites/:site/comments/:id", async (c) => {
    const { site, id } = await target(ctx, c);
    const token = bearerToken(c);
    c.header("Cache-Control", "no-store");
    if (token !== undefined) return c.json(present(await getOwnComment(ctx, site, id, token)));
    const row = await getPublishedRow(ctx, site, id);
    return c.json({
      id: row.id,
      status: row.status,
      parentId: row.parent_id,
      depth: row.depth,
      name: row.name,
      website: row.website,
      body: row.body,
      createdAt: row.created_at,
      editedAt: row.edited_at,
      threadUrl: row.thread_url,
    });
  });

  app.openAPIRegistry.registerPath(editRoute);
  app.patch("/v1/sites/:site/comments/:id", async (c) => {
    const { site, id } = await target(ctx, c);
    const body = parseEdit(site, await readJson(c));
    const edited = await editComment(ctx, {
      site,
      id,
      token: requireToken(c),
      body,
      requestId: c.get("requestId"),
    });
    return c.json(present(edited));
  });

  app.openAPIRegistry.registerPath(removeRoute);
  app.delete("/v1/sites/:site/comments/:id", async (c) => {
    const { site, id } = await target(ctx, c);
    await removeOwnComment(ctx, { site, id, token: requireToken(c) });
    return c.body(null, 204);
  });

  // For forms, which know only GET and POST: what became of it, edit, delete. The last two lead back to the article.
  app.get("/v1/sites/:site/comments/:id/receipt", async (c) => {
    const { site, id } = await target(ctx, c);
    const comment = await getSeenComment(ctx, site, id, c.req.query("token") ?? "");
    c.header("Cache-Control", "no-store");
    return c.html(renderReceiptPage(receiptView(c, site, comment)));
  });

  app.post("/v1/sites/:site/comments/:id/edit", async (c) => {
    const { site, id } = await target(ctx, c);
    const form = await readForm(c);
    const token = textOf(form["editToken"]);
    try {
      const body = parseEdit(site, form);
      const edited = await editComment(ctx, { site, id, token, body, requestId: c.get("requestId") });
      return backToArticle(ctx, c, site, edited, "edited");
    } catch (error) {
      if (!(error instanceof AppError) || !wantsHtml(c)) throw error;
      const { status } = problemFromError(error, { requestId: c.get("requestId") });
      const errors = error.fields.length > 0 ? error.fields : [{ path: "", message: error.message }];
      const view = {
        siteName: site.name,
        action: c.req.path,
        hidden: [["editToken", token] as const],
        errors,
      };
      return c.html(renderEditErrorPage({ ...view, typed: textOf(form["body"]) }), status);
    }
  });

  app.post("/v1/sites/:site/comments/:id/delete", async (c) => {
    const { site, id } = await target(ctx, c);
    const token = textOf((await readForm(c))["editToken"]);
    const comment = await getOwnComment(ctx, site, id, token);
    await removeOwnComment(ctx, { site, id, token });
    return backToArticle(ctx, c, site, comment, "removed");
  });
}

function receiptView(c: Request, site: Site, comment: OwnComment): ReceiptPageView {
  return {
    siteName: site.name,
    commentId: comment.id,
    status: comment.status,
    body: comment.body,
    receivedAt: comment.createdAt,
    sentence: groundOfStatus(comment.status, comment.reason),
    returnUrl: isOfOrigins(comment.threadUrl, site.origins) ? comment.threadUrl : undefined,
    refreshUrl: new URL(c.req.url).pathname + new URL(c.req.url).search,
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

async function target(ctx: Context, c: Request): Promise<{ site: Site; id: string }> {
  const site = await getSite(ctx, c.req.param("site") ?? "");
  const id = (c.req.param("id") ?? "").toLowerCase();
  if (!isUuid(id)) throw commentNotFound();
  return { site, id };
}

function requireToken(c: Request): string {
  const token = bearerToken(c);
  if (token === undefined) throw new AppError("not_authenticated", "Send the edit token as bearer token.");
  return token;
}

function parseEdit(site: Site, input: unknown): string {
  const parsed = editSchema(site.settings.limits).safeParse(input);
  if (!parsed.success) throw invalidInput(parsed.error.issues);
  return parsed.data.body;
}

function backToArticle(
  ctx: Context,
  c: Request,
  site: Site,
  comment: OwnComment,
  notice: "edited" | "removed",
): Response {
  const back = articleReturnUrl(ctx, site, { id: comment.id, articleUrl: comment.threadUrl }, notice);
  if (back === undefined) throw new AppError("not_found", "The article is not of this site any more.");
  return c.redirect(back, 303);
}

function present(comment: OwnComment) {
  const { reason, ...shown } = comment;
  return { ...shown, explanation: explainStatus(comment.status, reason) ?? null };
}
